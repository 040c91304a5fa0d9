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
