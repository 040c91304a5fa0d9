import { describe, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import * as plain from "../../src/numeric/cholesky.ts";
import * as fast from "../../src/numeric/dense-kernel.ts";
import { addFourierFeatures } from "../../src/numeric/fourier-features.ts";

/** A well-conditioned symmetric positive definite matrix. */
function randomMatrix(n: number, ld: number): Float64Array {
  const prng = createPrng(`matrix ${n}`);
  const b = Float64Array.from({ length: n * n }, () => prng.normal());
  const a = new Float64Array(ld * ld);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? n : 0;
      for (let k = 0; k < n; k++) sum += b[i * n + k]! * b[j * n + k]!;
      a[i * ld + j] = sum;
      a[j * ld + i] = sum;
    }
  return a;
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++)
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!) / (1 + Math.abs(b[i]!)));
  expect(worst).toBeLessThan(tolerance);
}

describe("the WebAssembly kernel", () => {
  test("is in use on this runtime", () => {
    expect(fast.isAccelerated()).toBe(true);
  });

  test.each([3, 24, 37, 64, 101, 130])("factors and inverts %i rows like the plain code", (n) => {
    const ld = n + 5;
    const a = randomMatrix(n, ld);
    const b = a.slice();
    expect(fast.choleskyInPlace(a, n, ld)).toBe(0);
    expect(plain.choleskyInPlace(b, n, ld)).toBe(0);
    for (let i = 0; i < n; i++)
      expectClose(a.slice(i * ld, i * ld + i + 1), b.slice(i * ld, i * ld + i + 1), 1e-12);
    expectClose(fast.inverseFromFactor(a, n, ld), plain.inverseFromFactor(b, n, ld), 1e-12);
    const inverse = fast.inverseFromFactor(a, n, ld);
    const original = randomMatrix(n, n);
    for (let i = 0; i < n; i++) {
      let diagonal = 0;
      for (let k = 0; k < n; k++) diagonal += original[i * n + k]! * inverse[k * n + i]!;
      expect(diagonal).toBeCloseTo(1, 9);
    }
  });

  test("names the row at which a matrix stops being positive definite", () => {
    const n = 40;
    const a = randomMatrix(n, n);
    a[30 * n + 30] = -1;
    expect(fast.choleskyInPlace(a, n, n)).toBe(31);
  });

  test.each([
    ["squared-exponential", 3, 700],
    ["matern-5/2", 30, 257],
    ["matern-5/2", 61, 1030],
  ] as const)("covariances and whitened rows: %s, %i points, pool %i", (kind, rows, count) => {
    const prng = createPrng("pool");
    const columns = 3;
    const values = Float64Array.from({ length: columns * count }, () => 3 * prng.next());
    const points = Array.from({ length: rows }, () =>
      Float64Array.from({ length: columns }, () => 3 * prng.next()),
    );
    const request = { kind, s2: 1.7, pool: { values, count, columns }, points };
    const expected = points.map((point) => {
      const out = new Float64Array(count);
      plain.covarianceRow(kind, values, count, point, 1.7, out);
      return out;
    });
    fast.covarianceRows(request).forEach((row, i) => {
      expectClose(row, expected[i]!, 1e-14);
    });
    const gram = new Float64Array(rows * rows);
    plain.gram(expected, gram);
    expectClose(fast.gramOfRows(expected), gram, 1e-12);
    const l = randomMatrix(rows, rows);
    plain.choleskyInPlace(l, rows, rows);
    plain.solveLowerRows(l, rows, expected, count);
    fast.whitenedRows(request, l, rows).forEach((row, i) => {
      expectClose(row, expected[i]!, 1e-12);
    });
  });

  test("correlations underflow to 0, never to NaN", () => {
    const [row] = fast.covarianceRows({
      kind: "squared-exponential",
      s2: 1,
      pool: { values: Float64Array.of(0, 1e3, 1e160), count: 3, columns: 1 },
      points: [Float64Array.of(0)],
    });
    expect(row?.[0]).toBe(1);
    expect(row?.[1]).toBeLessThan(1e-300);
    expect(row?.[2]).toBeLessThan(1e-300);
  });

  test("sums plane waves like Math.cos", () => {
    const prng = createPrng("waves");
    const [count, columns, features] = [1500, 2, 33];
    const points = Float64Array.from({ length: count * columns }, () => 20 * prng.normal());
    const omega = Float64Array.from({ length: features * columns }, () => 5 * prng.normal());
    const phase = Float64Array.from({ length: features }, () => 6 * prng.next());
    const weight = Float64Array.from({ length: features }, () => prng.normal());
    const out = new Float64Array(count);
    addFourierFeatures({ points, count, columns, omega, phase, weight }, out);
    const expected = new Float64Array(count);
    for (let n = 0; n < count; n++)
      for (let i = 0; i < features; i++)
        expected[n]! +=
          weight[i]! *
          Math.cos(phase[i]! + omega[2 * i]! * points[n]! + omega[2 * i + 1]! * points[count + n]!);
    expectClose(out, expected, 1e-11);
  });
});
