import { describe, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import {
  cubeToSimplex,
  latinHypercube,
  SOBOL_DIMENSIONS_MAX,
  sobolPoints,
} from "../../src/numeric/low-discrepancy.ts";

describe("designs", () => {
  test("each dimension of 2^k Sobol points has one point in each of 2^k slices", () => {
    const [count, dimensions] = [64, SOBOL_DIMENSIONS_MAX];
    const points = sobolPoints(count, dimensions, createPrng(1));
    for (let d = 0; d < dimensions; d++) {
      const slices = new Set<number>();
      for (let i = 0; i < count; i++) slices.add(Math.floor(points[i * dimensions + d]! * count));
      expect(slices.size).toBe(count);
    }
  });

  test("two dimensions of Sobol points fill every elementary square", () => {
    const points = sobolPoints(64, 2, createPrng("squares"));
    const squares = new Set<string>();
    for (let i = 0; i < 64; i++)
      squares.add(`${Math.floor(8 * points[2 * i]!)},${Math.floor(8 * points[2 * i + 1]!)}`);
    expect(squares.size).toBe(64);
  });

  test("a Latin hypercube has one point in each slice of each axis", () => {
    const points = latinHypercube(10, 3, createPrng(2));
    for (let d = 0; d < 3; d++) {
      const slices = Array.from({ length: 10 }, (_, i) => Math.floor(10 * points[3 * i + d]!));
      expect([...slices].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  test("the simplex map keeps sums at 1 and means at 1 / components", () => {
    const simplex = cubeToSimplex(sobolPoints(512, 3, createPrng(3)), 4);
    const means = [0, 0, 0, 0];
    for (let i = 0; i < 512; i++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        const x = simplex[4 * i + k]!;
        expect(x).toBeGreaterThanOrEqual(0);
        sum += x;
        means[k]! += x / 512;
      }
      expect(sum).toBeCloseTo(1, 12);
    }
    for (const mean of means) expect(mean).toBeCloseTo(0.25, 2);
  });
});
