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

const CODES = {
  "plain code": () => undefined,
  WebAssembly: (matrix: HalfMatrix, pivot: Float64Array) => compiledPasses(matrix, pivot, 0),
};

test("the kernel is in use on this runtime", () => {
  expect(compiledPasses(grid(), incompletePivots(grid()), 0)).toBeDefined();
});

test.each(Object.entries(CODES))(
  "in %s several right-hand sides together have the solutions, rounds and residuals of each alone, to the bit",
  (_, create) => {
    const matrix = grid();
    const pivot = incompletePivots(matrix);
    const sides = rightHandSides();
    const alone = sides.map((side) =>
      solveHalf(matrix, pivot, side, LIMITS.tolerance, LIMITS.iterations_max),
    );
    expect(new Set(alone.map(({ iterations }) => iterations)).size).toBeGreaterThan(2);
    for (const count of [1, 3, 4, 6])
      expect(solveHalfTogether(matrix, pivot, sides.slice(0, count), LIMITS, create)).toEqual(
        alone.slice(0, count),
      );
  },
);

test("each ends at the limit of rounds by itself", () => {
  const matrix = grid();
  const pivot = incompletePivots(matrix);
  const sides = rightHandSides();
  const few = solveHalfTogether(matrix, pivot, sides, { tolerance: 1e-10, iterations_max: 5 });
  expect(few.map(({ iterations }) => iterations)).toEqual([5, 5, 0, 5, 5, 5]);
});
