import { EigenvalueDecomposition, inverse, Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { solveGeneralisedEigen } from "../../src/numeric/generalised-eigen.ts";
import { buildPointTree, findNearest } from "../../src/numeric/nearest-neighbours.ts";
import { thinSvd } from "../../src/numeric/thin-svd.ts";

function normals(count: number, seed: string): Float64Array {
  const prng = createPrng(seed);
  return Float64Array.from({ length: count }, () => prng.normal());
}

describe("nearest neighbours", () => {
  test.each([1, 2, 3, 8, 20])(
    "the tree finds what a search of all finds, in %i dimensions",
    (d) => {
      const rows = 300;
      const points = normals(rows * d, `points ${d}`);
      // Duplicates and points on a lattice make ties.
      for (let i = 0; i < 40; i++) for (let c = 0; c < d; c++) points[i * d + c] = i % 3;
      const tree = buildPointTree(points, rows, d);
      const found = findNearest(tree, points, rows, 7, { excludeSelf: true });
      for (let i = 0; i < rows; i++) {
        const all = Array.from({ length: rows }, (_, j) => {
          let sum = 0;
          for (let c = 0; c < d; c++)
            sum += ((points[i * d + c] ?? 0) - (points[j * d + c] ?? 0)) ** 2;
          return { j, sum };
        })
          .filter(({ j }) => j !== i)
          .sort((a, b) => a.sum - b.sum || a.j - b.j)
          .slice(0, 7);
        expect([...found.index.subarray(i * 7, i * 7 + 7)]).toEqual(all.map(({ j }) => j));
      }
    },
  );

  test("where there are fewer points than asked for, the rest is marked -1 at infinite distance", () => {
    const tree = buildPointTree(Float64Array.of(0, 1), 2, 1);
    const { index, distance2 } = findNearest(tree, Float64Array.of(0.2), 1, 3);
    expect([...index]).toEqual([0, 1, -1]);
    expect(distance2[2]).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("thin SVD", () => {
  test("agrees with ml-matrix and reproduces the matrix", () => {
    const [rows, columns] = [40, 12];
    const x = normals(rows * columns, "svd");
    const { rank, singular, left, right } = thinSvd(x, rows, columns);
    const reference = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, [...x]));
    expect(rank).toBe(12);
    reference.diagonal.forEach((value, k) => {
      expect(singular[k]).toBeCloseTo(value, 10);
    });
    for (let i = 0; i < rows; i++) {
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let r = 0; r < rank; r++)
          sum += (left[i * rank + r] ?? 0) * (singular[r] ?? 0) * (right[c * rank + r] ?? 0);
        expect(sum).toBeCloseTo(x[i * columns + c] ?? 0, 10);
      }
    }
  });

  test("drops directions below the tolerance, and serves a matrix wider than tall", () => {
    const base = normals(30 * 3, "rank");
    const x = new Float64Array(30 * 6);
    for (let i = 0; i < 30; i++)
      for (let c = 0; c < 6; c++)
        x[i * 6 + c] = (base[i * 3 + (c % 3)] ?? 0) * (c < 3 ? 1 : 2 + 1e-10 * i);
    expect(thinSvd(x, 30, 6).rank).toBe(3);
    expect(thinSvd(normals(5 * 20, "wide"), 5, 20).rank).toBe(5);
    expect(thinSvd(new Float64Array(12), 4, 3).rank).toBe(0);
  });
});

describe("generalised symmetric eigenproblem", () => {
  test("G b = lambda H b with b^T H b = 1, values rising", () => {
    const n = 15;
    const a = normals(n * n, "g");
    const b = normals(n * n, "h");
    const g = new Float64Array(n * n);
    const h = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        g[i * n + j] = (a[i * n + j] ?? 0) + (a[j * n + i] ?? 0);
        for (let k = 0; k < n; k++)
          h[i * n + j] = (h[i * n + j] ?? 0) + (b[i * n + k] ?? 0) * (b[j * n + k] ?? 0);
      }
      h[i * n + i] = (h[i * n + i] ?? 0) + 1;
    }
    const pairs = solveGeneralisedEigen(g, h, n);
    const product = inverse(Matrix.from1DArray(n, n, [...h])).mmul(
      Matrix.from1DArray(n, n, [...g]),
    );
    const reference = new EigenvalueDecomposition(product).realEigenvalues.sort((p, q) => p - q);
    reference.forEach((value, k) => {
      expect(pairs?.values[k]).toBeCloseTo(value, 8);
    });
    for (let k = 0; k < n; k++) {
      let norm = 0;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          norm +=
            (pairs?.vectors[i * n + k] ?? 0) *
            (h[i * n + j] ?? 0) *
            (pairs?.vectors[j * n + k] ?? 0);
      expect(norm).toBeCloseTo(1, 10);
    }
  });

  test("says that H is not positive definite instead of giving NaN", () => {
    expect(solveGeneralisedEigen(Float64Array.of(1, 0, 0, 1), Float64Array.of(1, 1, 1, 1), 2)).toBe(
      undefined,
    );
  });
});
