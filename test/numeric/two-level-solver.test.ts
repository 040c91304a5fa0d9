import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import {
  type HalfMatrix,
  incompletePivots,
  solveHalf,
} from "../../src/numeric/eisenstat-solver.ts";
import { coarsen, solveTwoLevel } from "../../src/numeric/two-level-solver.ts";

const SIDE = 24;
const COUNT = SIDE * SIDE;
const points = Float64Array.from({ length: 2 * COUNT }, (_, k) =>
  k % 2 === 0 ? (k >> 1) % SIDE : Math.floor((k >> 1) / SIDE),
);

/** D - W of a Gaussian kernel of the given width on a square lattice, with a few nodes taken out. */
function kernelMatrix(width: number, out: ReadonlySet<number>): HalfMatrix {
  const column: number[] = [];
  const value: number[] = [];
  const start = new Int32Array(COUNT + 1);
  const diagonal = new Float64Array(COUNT);
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < COUNT; j++) {
      const d2 =
        (points[2 * i]! - points[2 * j]!) ** 2 + (points[2 * i + 1]! - points[2 * j + 1]!) ** 2;
      const weight = i === j ? 0 : Math.exp(-d2 / (2 * width * width));
      diagonal[i]! += weight;
      if (j <= i) continue;
      column.push(j);
      value.push(out.has(i) || out.has(j) ? 0 : -weight);
    }
    if (out.has(i)) diagonal[i] = 1;
    start[i + 1] = column.length;
  }
  return {
    ...{ count: COUNT, start, diagonal },
    ...{ column: Int32Array.from(column), value: Float64Array.from(value) },
  };
}

const limits = { tolerance: 1e-10, iterations_max: 1000 };

test("a wide kernel's system is solved as by one level, in fewer rounds, also after rows have changed since", () => {
  const prng = createPrng("two-level");
  const before = kernelMatrix(2.5, new Set([7]));
  const coarse = coarsen(before, { points, dimension: 2, width: 2.5 })!;
  expect(coarse.count).toBeLessThan(COUNT / 5);
  const matrix = kernelMatrix(2.5, new Set([7, 100, 333]));
  const b = Float64Array.from({ length: COUNT }, () => prng.normal());
  const one = solveHalf(matrix, incompletePivots(matrix), b, 1e-12, 1000);
  const two = solveTwoLevel(matrix, coarse, b, limits);
  expect(two.residual).toBeLessThan(1e-10);
  expect(two.iterations).toBeLessThan(one.iterations);
  const largest = Math.max(...one.x.map(Math.abs));
  for (const [i, x] of two.x.entries())
    expect(Math.abs(x - one.x[i]!)).toBeLessThan(1e-8 * largest);
});

test("aggregates grow where there would be too many, and what is not positive definite has none", () => {
  const matrix = kernelMatrix(2.5, new Set([7]));
  const fine = coarsen(matrix, { points, dimension: 2, width: 0.1 })!;
  expect(fine.count).toBeLessThanOrEqual(900);
  const closed = { ...matrix, diagonal: matrix.diagonal.map((x) => -x) };
  expect(coarsen(closed, { points, dimension: 2, width: 2.5 })).toBeUndefined();
});
