import { expect, test } from "vitest";
import type { EstimationProblem } from "../../../../src/models/effective-model/estimate/estimation-problem.ts";
import { followModes } from "../../../../src/models/effective-model/estimate/mode-search.ts";

/** chi^2 = (x^2 - 1)^2 + (x - 1)^2 / 100: the lowest valley near 1, another near -1. */
const [low, high] = [Float64Array.of(-3), Float64Array.of(3)];
const valleys = {
  map: { low, high },
  leastSquares: (strength: number) => ({
    ...{ n: 1, low, high, square: Float64Array.of(strength), absolute: Float64Array.of(0) },
    evaluate: ([x = 0]: Float64Array) => ({
      values: Float64Array.of(x * x - 1, 0.1 * (x - 1)),
      slopes: Float64Array.of(2 * x, 0.1),
    }),
  }),
} as unknown as EstimationProblem;

test("modes that are followed come lowest first, and of those that have met the lowest stays", () => {
  const starts = [-2, -0.9, 1.3, 0.8].map((x) => Float64Array.of(x));
  const ends = followModes(valleys, starts, 0);
  expect(ends.map(({ x }) => Math.round(x[0]!))).toEqual([1, -1]);
  for (const start of starts) {
    const [alone] = followModes(valleys, [start], 0);
    const kept = ends.find(({ x }) => Math.sign(x[0]!) === Math.sign(alone!.x[0]!))!;
    expect(kept.objective).toBeLessThanOrEqual(alone!.objective);
  }
});
