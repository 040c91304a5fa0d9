import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { addExpectedHypervolume } from "../../../../src/models/optimise/acquisition/expected-hypervolume.ts";
import {
  dominates,
  hypervolume,
  nonDominatedBoxes,
  paretoIndices,
} from "../../../../src/models/optimise/acquisition/pareto.ts";

function randomPoints(count: number, p: number, seed: string): number[][] {
  const prng = createPrng(seed);
  return Array.from({ length: count }, () => Array.from({ length: p }, () => prng.next()));
}

describe("Pareto sets", () => {
  test.each([2, 3, 4])("keep exactly the points that none dominates (%i objectives)", (p) => {
    const points = randomPoints(120, p, `front ${p}`);
    const expected = points.flatMap((a, i) => (points.some((b) => dominates(b, a)) ? [] : [i]));
    expect(paretoIndices(points)).toEqual(expected);
  });

  test("keep one of equal points", () => {
    expect(
      paretoIndices([
        [1, 2],
        [1, 2],
        [0, 3],
        [1, 1],
      ]),
    ).toEqual([0, 2]);
  });
});

describe.each([2, 3, 4])("box decomposition, %i objectives", (p) => {
  const points = randomPoints(p === 4 ? 12 : 25, p, `boxes ${p}`);
  const front = paretoIndices(points).map((i) => points[i]!);
  const reference = new Array<number>(p).fill(0);
  const boxes = nonDominatedBoxes(front, reference);

  test("every point above the reference lies in exactly one box, or is dominated", () => {
    for (const y of randomPoints(400, p, "probe")) {
      const inside = boxes.filter((box) =>
        y.every((v, j) => v >= box.lower[j]! && v < box.upper[j]!),
      );
      const isDominated = front.some((f) => f.every((v, j) => v >= y[j]!));
      expect(inside).toHaveLength(isDominated ? 0 : 1);
    }
  });

  test("the hypervolume is the unit cube minus the free boxes", () => {
    const free = boxes.reduce(
      (sum, { lower, upper }) =>
        sum +
        lower.reduce((v, l, j) => v * Math.max(0, Math.min(1, upper[j]!) - Math.min(1, l)), 1),
      0,
    );
    expect(hypervolume(points, reference)).toBeCloseTo(1 - free, 10);
  });

  test("expected improvement agrees with the mean gain of a million draws' worth of sampling", () => {
    const prng = createPrng("gain");
    const means = Array.from({ length: p }, (_, j) => Float64Array.of(0.5 + 0.1 * j));
    const variances = Array.from({ length: p }, () => Float64Array.of(0.04));
    const out = new Float64Array(1);
    addExpectedHypervolume({ means, variances }, boxes, 1, out);
    const base = hypervolume(front, reference);
    let sum = 0;
    const draws = 20000;
    for (let k = 0; k < draws; k++) {
      const y = means.map((m) => m[0]! + 0.2 * prng.normal());
      sum += hypervolume([...front, y], reference) - base;
    }
    expect(out[0]).toBeGreaterThan(0.95 * (sum / draws));
    expect(out[0]).toBeLessThan(1.05 * (sum / draws));
  });
});
