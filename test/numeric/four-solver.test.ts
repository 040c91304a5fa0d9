import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import {
  type HalfMatrix,
  incompletePivots,
  solveHalf,
} from "../../src/numeric/eisenstat-solver.ts";
import { solveHalfTogether } from "../../src/numeric/four-solver.ts";
import { compiledPasses } from "../../src/numeric/wasm/four-kernel.ts";

const SIDE = 30;
const COUNT = SIDE * SIDE;
const LIMITS = { tolerance: 1e-10, iterations_max: 500 };

/** A grid of conductances between 0.1 and 1.1, grounded at a few nodes. */
function grid(): HalfMatrix {
  const prng = createPrng("four");
  const start = new Int32Array(COUNT + 1);
  const column: number[] = [];
  const value: number[] = [];
  const diagonal = new Float64Array(COUNT);
  for (let i = 0; i < COUNT; i++) {
    const to = [...((i + 1) % SIDE === 0 ? [] : [i + 1]), ...(i + SIDE < COUNT ? [i + SIDE] : [])];
    for (const j of to) {
      const weight = 0.1 + prng.next();
      column.push(j);
      value.push(-weight);
      diagonal[i]! += weight;
      diagonal[j]! += weight;
    }
    if (i % 97 === 3) diagonal[i]! += 2;
    start[i + 1] = column.length;
  }
  const [columns, values] = [Int32Array.from(column), Float64Array.from(value)];
  return { count: COUNT, start, column: columns, value: values, diagonal };
}

/** A node, a rough course, nothing, a smooth course, and two more: they end after different numbers of rounds. */
function rightHandSides(): Float64Array[] {
  const prng = createPrng("sides");
  const of = (f: (i: number) => number): Float64Array =>
    Float64Array.from({ length: COUNT }, (_, i) => f(i));
  return [
    of((i) => (i === 400 ? 1 : 0)),
    of(() => prng.normal()),
    of(() => 0),
    of((i) => Math.sin(i / 200)),
    of(() => 1),
    of((i) => (i % 2 === 0 ? 1e-9 : -1e9)),
  ];
}

/** The largest difference beside the largest value. */
function apart(a: Float64Array, b: Float64Array): number {
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-300);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) / largest;
}

test("the kernel is in use on this runtime", () => {
  expect(compiledPasses(grid(), incompletePivots(grid()))).toBeDefined();
});

test("rounds in single precision end at the solutions of double precision, whatever the sides are and how many", () => {
  const matrix = grid();
  const pivot = incompletePivots(matrix);
  const sides = rightHandSides();
  const exact = sides.map((side) => solveHalf(matrix, pivot, side, 1e-13, 500));
  for (const count of [1, 3, 4, 6]) {
    const found = solveHalfTogether(matrix, pivot, sides.slice(0, count), LIMITS, 0);
    expect(found).toHaveLength(count);
    for (const [k, { x, residual }] of found.entries()) {
      expect(residual).toBeLessThanOrEqual(LIMITS.tolerance);
      // The least eigenvalue of the grid is a hundredth of the others.
      expect(apart(x, exact[k]!.x)).toBeLessThan(1e-8);
    }
  }
  const [one, , nothing] = solveHalfTogether(matrix, pivot, sides, LIMITS, 0);
  expect(nothing!.iterations).toBe(0);
  // The factor is that of the rows' own order: about as many rounds, and not those of the way out in double precision.
  const alone = solveHalf(matrix, pivot, sides[0]!, LIMITS.tolerance, 500);
  expect(one!.x).not.toEqual(alone.x);
  expect(one!.iterations).toBeLessThan(1.2 * alone.iterations);
});

test("a grid too loosely grounded for single precision is solved in double, to the bit", () => {
  const matrix = grid();
  const diagonal = matrix.diagonal.map((x, i) => x - (i % 97 === 3 ? 1.9999 : 0));
  const loose = { ...matrix, diagonal };
  const pivot = incompletePivots(loose);
  const side = rightHandSides()[4]!;
  const alone = solveHalf(loose, pivot, side, LIMITS.tolerance, LIMITS.iterations_max);
  expect(solveHalfTogether(loose, pivot, [side], LIMITS, 0)).toEqual([alone]);
});

test.each([1e14, 1e-30])(
  "a side of numbers beyond single precision (%d) is solved in double, to the bit",
  (value) => {
    const matrix = grid();
    const pivot = incompletePivots(matrix);
    const side = rightHandSides()[0]!.map((x) => value * x);
    const alone = solveHalf(matrix, pivot, side, LIMITS.tolerance, LIMITS.iterations_max);
    expect(solveHalfTogether(matrix, pivot, [side], LIMITS, 0)).toEqual([alone]);
  },
);

test("each ends at the limit of rounds by itself", () => {
  const matrix = grid();
  const pivot = incompletePivots(matrix);
  const limits = { tolerance: 1e-10, iterations_max: 5 };
  const few = solveHalfTogether(matrix, pivot, rightHandSides(), limits, 0);
  expect(few.map(({ iterations }) => iterations)).toEqual([5, 5, 0, 5, 5, 5]);
});

test("small systems are solved one by one, to the bit", () => {
  const matrix = grid();
  const pivot = incompletePivots(matrix);
  const [side] = rightHandSides();
  const alone = solveHalf(matrix, pivot, side!, LIMITS.tolerance, LIMITS.iterations_max);
  expect(solveHalfTogether(matrix, pivot, [side!], LIMITS)).toEqual([alone]);
});
