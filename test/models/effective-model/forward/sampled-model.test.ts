import { expect, test } from "vitest";
import type { MeasuringPoint } from "../../../../src/models/effective-model/forward/curve-predictor.ts";
import { quantumModel } from "../../../../src/models/effective-model/forward/quantum-model.ts";
import { sampledModel } from "../../../../src/models/effective-model/forward/sampled-model.ts";

const N = 11;
const cluster = {
  siteSpins: new Array<number>(N).fill(0.5),
  terms: [0, 1].map((t) => ({
    bonds: Array.from({ length: N - 1 }, (_, i) => ({ i, j: i + 1, xy: 1, z: 1 })).filter(
      ({ i }) => i % 2 === t,
    ),
  })),
};
const J = Float64Array.of(-6, -2);
const points: MeasuringPoint[] = [
  ...[2, 5, 10, 20].flatMap((temperature_K) =>
    [5, 20, 40].map((field_T) => ({
      ...{ quantity: "magnetisation" as const, temperature_K, field_T },
    })),
  ),
  { quantity: "susceptibility", temperature_K: 20, field_T: 0 },
];
const exact = quantumModel(cluster, 2.1);
const sampled = sampledModel(cluster, 2.1);

test("curves and their derivatives agree with full diagonalisation within the sampling error", () => {
  const wanted = exact.predictorAt(points).predictWithSlopes(J);
  const found = sampled.predictorAt(points).predictWithSlopes(J);
  points.forEach((point, l) => {
    // few states of 11 spins matter below 10 K, and those are found one by one
    const tolerance = point.temperature_K <= 5 ? 1e-4 : 4e-3;
    expect(Math.abs(found.values[l]! - wanted.values[l]!)).toBeLessThan(tolerance);
    for (const c of [0, 1])
      expect(Math.abs(found.slopes[2 * l + c]! - wanted.slopes[2 * l + c]!)).toBeLessThan(
        tolerance,
      );
  });
});

/** Rings of 10 and 12 spins with unlike bonds and a second neighbour, of a gap of some 2 meV. */
function frustratedRing(count: number) {
  const bonds = (step: number, isOwn: (i: number) => boolean) =>
    Array.from({ length: count }, (_, i) => ({ i, j: (i + step) % count, xy: 1, z: 1 }))
      .filter(({ i }) => isOwn(i))
      .map(({ i, j, ...bond }) => ({ ...bond, i: Math.min(i, j), j: Math.max(i, j) }));
  const lists = [bonds(1, (i) => i % 2 === 0), bonds(1, (i) => i % 2 === 1), bonds(2, () => true)];
  return {
    siteSpins: new Array<number>(count).fill(0.5),
    terms: lists.map((list) => ({ bonds: list })),
  };
}

test.each([10, 12])(
  "near the gap the susceptibility of a ring of %i is that of all its levels to a hundredth",
  (count) => {
    const ring = frustratedRing(count);
    const at = [5, 8, 12, 20].map((temperature_K) => ({
      ...{ quantity: "susceptibility" as const, temperature_K, field_T: 0 },
    }));
    const couplings = Float64Array.of(-6, -4, -1);
    const wanted = quantumModel(ring, 2.08).predictorAt(at).predict(couplings);
    const found = sampledModel(ring, 2.08).predictorAt(at).predict(couplings);
    const off = Array.from(found, (value, k) => Math.abs(value / wanted[k]! - 1));
    expect(off[0]).toBeLessThan(1e-4);
    expect(off[1]).toBeLessThan(1.5e-3);
    expect(off[2]).toBeLessThan(1e-2);
    expect(off[3]).toBeLessThan(2.5e-2);
  },
);

test("gap and steps are exact", () => {
  const wanted = exact.groundState!(J);
  const found = sampled.groundState!(J);
  expect(found.gapToM1_meV).toBeCloseTo(wanted.gapToM1_meV, 7);
  expect(found.steps.map((step) => step.to_M)).toEqual(wanted.steps.map((step) => step.to_M));
  found.steps.forEach((step, k) => {
    expect(step.field_T).toBeCloseTo(wanted.steps[k]!.field_T, 6);
  });
});

test("the same couplings give the same curves", () => {
  const predictor = sampled.predictorAt(points);
  expect(predictor.predict(J)).toEqual(predictor.predict(J));
});
