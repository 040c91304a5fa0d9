import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { findNeighbours, medianSpacing } from "../../src/numeric/neighbour-graph.ts";
import { dissectionOrder } from "../../src/numeric/nested-dissection.ts";
import { factorise } from "../../src/numeric/sparse-cholesky.ts";
import { multiply, type SparseMatrix } from "../../src/numeric/sparse-matrix.ts";

/** D - W + I on scattered points. */
function randomSystem(count: number, dimension: number) {
  const prng = createPrng(`${count}/${dimension}`);
  const points = Float64Array.from({ length: count * dimension }, () => 8 * prng.next());
  const graph = findNeighbours(points, dimension, 1.2, 3);
  const start = new Int32Array(count + 1);
  const column: number[] = [];
  const value: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = [...graph.neighbour.subarray(graph.start[i]!, graph.start[i + 1]!)];
    column.push(i, ...row);
    value.push(row.length + 1, ...row.map(() => -1));
    start[i + 1] = column.length;
  }
  let reach = 0;
  for (const d2 of graph.distance2) reach = Math.max(reach, Math.sqrt(d2));
  const matrix: SparseMatrix = {
    count,
    start,
    column: Int32Array.from(column),
    value: Float64Array.from(value),
  };
  return { matrix, points, reach, graph };
}

test("the factor solves the system in one, two and three dimensions", () => {
  for (const dimension of [1, 2, 3]) {
    const { matrix, points, reach } = randomSystem(300, dimension);
    const order = dissectionOrder(points, dimension, reach);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    const b = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i));
    const x = factorise(matrix, order)!.solve(b);
    const back = new Float64Array(300);
    multiply(matrix, x, back);
    for (let i = 0; i < 300; i++) expect(back[i]!).toBeCloseTo(b[i]!, 11);
  }
});

test("a matrix that is not positive definite is refused", () => {
  const matrix = {
    count: 2,
    start: Int32Array.from([0, 2, 4]),
    column: Int32Array.from([0, 1, 0, 1]),
    value: Float64Array.from([1, -2, -2, 1]),
  };
  expect(factorise(matrix, Int32Array.from([0, 1]))).toBeUndefined();
});

test("neighbours are symmetric, complete and sorted", () => {
  const { points, graph } = randomSystem(200, 2);
  for (let i = 0; i < 200; i++) {
    const row = [...graph.neighbour.subarray(graph.start[i]!, graph.start[i + 1]!)];
    expect(row).toEqual([...new Set(row)].sort((a, b) => a - b));
    expect(row.length).toBeGreaterThanOrEqual(3);
    for (const j of row) {
      expect([...graph.neighbour.subarray(graph.start[j]!, graph.start[j + 1]!)]).toContain(i);
    }
    for (let j = 0; j < 200; j++) {
      const d = Math.hypot(
        points[2 * i]! - points[2 * j]!,
        points[2 * i + 1]! - points[2 * j + 1]!,
      );
      if (j !== i && d < 1.2) expect(row).toContain(j);
    }
  }
  expect(medianSpacing(Float64Array.from([0, 0, 3, 0, 6, 0, 6, 0]), 2)).toBe(3);
});
