import { describe, expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import { chooseWarp } from "../../../src/models/optimise/choose-warp.ts";
import {
  createOutputScale,
  NO_WARP,
  type OutputWarp,
} from "../../../src/models/optimise/output-scale.ts";
import type { TrainingRow } from "../../../src/models/optimise/training-set.ts";

const WARPS: OutputWarp[] = [
  NO_WARP,
  { side: "low", width: 0.1 },
  { side: "low", width: 0.001 },
  { side: "high", width: 0.01 },
];

describe("the scale of a quantity", () => {
  test.each(WARPS)(
    "$side $width: standardised, monotone, invertible, with the right slope",
    (warp) => {
      const prng = createPrng("values");
      for (const size of [1, 1e12, 1e-12]) {
        const values = Array.from({ length: 40 }, () => size * Math.exp(2 * prng.normal()));
        const scale = createOutputScale(values, warp);
        const y = values.map(scale.toStandard);
        const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
        expect(mean).toBeCloseTo(0, 10);
        expect(y.reduce((sum, v) => sum + v * v, 0) / (y.length - 1)).toBeCloseTo(1, 10);
        // Also beyond the results on both sides.
        const sorted = [...values, -3 * size, 50 * size].sort((a, b) => a - b);
        const bent = sorted.map(scale.toStandard);
        expect(bent).toEqual([...bent].sort((a, b) => a - b));
        for (const value of sorted) {
          expect(scale.toUser(scale.toStandard(value)) / size).toBeCloseTo(value / size, 8);
          const step = 1e-6 * size;
          const slope =
            (scale.toStandard(value + step) - scale.toStandard(value - step)) / (2 * step);
          expect(slope / scale.slopeAt(value)).toBeCloseTo(1, 4);
          expect(scale.deviation(scale.toStandard(value), 0.1)).toBeGreaterThan(0);
        }
      }
    },
  );

  test("equal values, one value and none stay finite", () => {
    for (const values of [[], [7], [3, 3, 3], [0, 0]]) {
      for (const warp of WARPS) {
        const scale = createOutputScale(values, warp);
        for (const value of [0, 3, -1e6])
          expect(Number.isFinite(scale.toStandard(value))).toBe(true);
      }
    }
  });
});

describe("the choice of a bend", () => {
  const rows = (value: (a: number, b: number) => number): TrainingRow[] => {
    const prng = createPrng("points");
    return Array.from({ length: 32 }, () => {
      const [a, b] = [prng.next(), prng.next()];
      return { x: Float64Array.of(a, b), value: value(a, b) };
    });
  };
  const choose = (value: (a: number, b: number) => number): OutputWarp =>
    chooseWarp({
      rows: rows(value),
      groups: Int32Array.of(0, 1),
      kind: "matern-5/2",
      prng: createPrng("w"),
    });
  const wave = (a: number, b: number): number => Math.sin(3 * a) + Math.cos(2 * b) * a;

  test("a plain function stays as it is", () => {
    expect(choose(wave)).toEqual(NO_WARP);
  });

  test("values over decades are stretched at their low end, and mirrored ones at the high end", () => {
    expect(choose((a, b) => Math.exp(5 * wave(a, b))).side).toBe("low");
    expect(choose((a, b) => -Math.exp(5 * wave(a, b))).side).toBe("high");
  });

  test("many equal values do not make a bend look good", () => {
    expect(choose((a, b) => Math.max(0, wave(a, b) - 0.8))).toEqual(NO_WARP);
  });
});
