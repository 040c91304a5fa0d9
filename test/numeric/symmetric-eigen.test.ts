import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { symmetricEigen } from "../../src/numeric/symmetric-eigen.ts";

function randomSymmetric(n: number, seed: number): Float64Array {
  const prng = createPrng(seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      a[i * n + j] = prng.normal();
      a[j * n + i] = a[i * n + j] ?? 0;
    }
  }
  return a;
}

describe("the symmetric eigensolver", () => {
  test.each([1, 2, 3, 7, 40])("agrees with ml-matrix for order %i", (n) => {
    const a = randomSymmetric(n, n);
    const rows = Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, (i + 1) * n)));
    const expected = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
    const { values } = symmetricEigen(a.slice(), n);
    expected.realEigenvalues
      .sort((x, y) => x - y)
      .forEach((value, k) => {
        expect(values[k]).toBeCloseTo(value, 11);
      });
  });

  test("its vectors are orthonormal and satisfy A v = value v", () => {
    const n = 30;
    const a = randomSymmetric(n, 5);
    const { values, vectors = new Float64Array() } = symmetricEigen(a.slice(), n, {
      vectors: true,
    });
    let worst = 0;
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += (a[i * n + j] ?? 0) * (vectors[k * n + j] ?? 0);
        worst = Math.max(worst, Math.abs(sum - (values[k] ?? 0) * (vectors[k * n + i] ?? 0)));
      }
      for (let l = 0; l <= k; l++) {
        let dot = 0;
        for (let i = 0; i < n; i++) dot += (vectors[k * n + i] ?? 0) * (vectors[l * n + i] ?? 0);
        worst = Math.max(worst, Math.abs(dot - (k === l ? 1 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  test("degenerate and diagonal matrices keep their values", () => {
    const a = new Float64Array(16);
    [3, 3, -1, 3].forEach((value, k) => {
      a[k * 5] = value;
    });
    expect(Array.from(symmetricEigen(a, 4, { vectors: true }).values)).toEqual([-1, 3, 3, 3]);
  });
});
