import { describe, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import {
  type HalfMatrix,
  incompletePivots,
  solveHalf,
} from "../../src/numeric/eisenstat-solver.ts";

/** The Laplacian of a chain with random weights and a few further links, held at some nodes by springs. */
function springChain(count: number, seed: string): HalfMatrix {
  const prng = createPrng(seed);
  const start = [0];
  const column: number[] = [];
  const value: number[] = [];
  const diagonal = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (i % 17 === 0) diagonal[i]! += 0.1 + prng.next();
    for (const j of [i + 1, i + 7]) {
      if (j >= count) continue;
      const w = 0.1 + prng.next();
      column.push(j);
      value.push(-w);
      diagonal[i]! += w;
      diagonal[j]! += w;
    }
    start.push(column.length);
  }
  return {
    count,
    start: Int32Array.from(start),
    column: Int32Array.from(column),
    value: Float64Array.from(value),
    diagonal,
  };
}

function product({ count, start, column, value, diagonal }: HalfMatrix, x: Float64Array) {
  const out = diagonal.map((d, i) => d * x[i]!);
  for (let i = 0; i < count; i++) {
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      out[i]! += value[e]! * x[column[e]!]!;
      out[column[e]!]! += value[e]! * x[i]!;
    }
  }
  return out;
}

describe("conjugate gradients in Eisenstat's form", () => {
  test("solve a held network to the asked precision, with positive pivots", () => {
    const matrix = springChain(3000, "a");
    const pivot = incompletePivots(matrix);
    expect(Math.min(...pivot)).toBeGreaterThan(0);
    const prng = createPrng("b");
    const x = Float64Array.from({ length: matrix.count }, () => prng.normal());
    const found = solveHalf(matrix, pivot, product(matrix, x), 1e-12, 1000);
    expect(found.residual).toBeLessThanOrEqual(1e-12);
    expect(found.iterations).toBeLessThan(300);
    expect(Math.max(...found.x.map((value, i) => Math.abs(value - x[i]!)))).toBeLessThan(1e-9);
  });

  test("say how far they came when stopped early, and answer 0 to 0", () => {
    const matrix = springChain(500, "c");
    const pivot = incompletePivots(matrix);
    const b = new Float64Array(500).fill(1);
    expect(solveHalf(matrix, pivot, b, 1e-12, 3)).toMatchObject({ iterations: 3 });
    expect(solveHalf(matrix, pivot, b, 1e-12, 3).residual).toBeGreaterThan(1e-12);
    expect([...solveHalf(matrix, pivot, new Float64Array(500), 1e-12, 9).x]).toEqual(
      new Array(500).fill(0),
    );
  });
});
