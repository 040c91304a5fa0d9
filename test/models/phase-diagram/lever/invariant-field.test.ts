import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import type { LeverSample } from "../../../../src/models/phase-diagram/lever/fit-corners.ts";
import {
  type InvariantField,
  readInvariantField,
} from "../../../../src/models/phase-diagram/lever/invariant-field.ts";
import { normal } from "../../../support/pattern-spread.ts";

const CORNERS = [
  [0.7, 0.25, 0.05],
  [0.1, 0.8, 0.1],
  [0.05, 0.15, 0.8],
];
const ERROR = 0.02;

/** Samples well inside of the triangle; each phase's fraction is overrated by its factor. */
function samplesOf(count: number, factors = [1, 1, 1], error = ERROR): LeverSample[] {
  const prng = createPrng("inside a triangle");
  return Array.from({ length: count }, () => {
    const raw = [0, 1, 2].map(() => 0.1 + prng.next());
    const whole = raw.reduce((sum, v) => sum + v, 0);
    const amounts = raw.map((v) => v / whole);
    const weighed = amounts.map((v, k) => v * factors[k]!);
    const seen = weighed.reduce((sum, v) => sum + v, 0);
    return {
      at: mixed(amounts),
      fractions: weighed.map((v) => v / seen + error * normal(() => prng.next())),
      errors: [error, error, error],
    };
  });
}

function mixed(amounts: readonly number[]): Float64Array {
  return Float64Array.from([0, 1, 2], (a) =>
    amounts.reduce((sum, v, k) => sum + v * CORNERS[k]![a]!, 0),
  );
}

const cornerError = ({ corners }: InvariantField): number =>
  Math.max(
    ...corners.flatMap((corner, k) => Array.from(corner, (v, a) => Math.abs(v - CORNERS[k]![a]!))),
  );

describe("a field whose phases have fixed compositions", () => {
  test("its corners follow from fractions of samples well inside", () => {
    const field = readInvariantField(samplesOf(20))!;
    expect(cornerError(field)).toBeLessThan(0.05);
    expect(field.inside(mixed([0.8, 0.1, 0.1]))).toBeGreaterThan(0.8);
    expect(field.inside(mixed([0.7, 0.4, -0.1]))).toBeLessThan(0.1);
  });

  test("so they do where a phase is overrated three times", () => {
    const field = readInvariantField(samplesOf(40, [1, 3, 0.7], 0.005))!;
    expect(cornerError(field)).toBeLessThan(0.06);
    expect(field.inside(mixed([0.08, 0.85, 0.07]))).toBeGreaterThan(0.9);
    expect(field.inside(mixed([0.08, 1, -0.08]))).toBeLessThan(0.1);
  });

  test("deviations say how far off the amounts are", () => {
    const field = readInvariantField(samplesOf(12))!;
    for (const amounts of [
      [0.9, 0.05, 0.05],
      [0.5, 0.6, -0.1],
      [0.2, 0.2, 0.6],
    ]) {
      for (const [k, { amount, deviation }] of field.amounts(mixed(amounts)).entries()) {
        expect(Math.abs(amount - amounts[k]!)).toBeLessThan(4 * deviation);
        expect(deviation).toBeLessThan(0.2);
      }
    }
  });

  test("what no sample tells is left open", () => {
    expect(readInvariantField(samplesOf(4))).toBeUndefined();
    const near = samplesOf(6).map((one) => ({ ...one, at: mixed([0.4, 0.3, 0.3]) }));
    const chance = readInvariantField(near)?.inside(mixed([0.97, 0.01, 0.02])) ?? 0.5;
    expect(chance).toBeGreaterThan(0.2);
    expect(chance).toBeLessThan(0.8);
  });
});
