/**
 * Dense Cholesky algebra on row-major Float64Array with a leading dimension `ld` >= n, so that a factor can grow in
 * place. Plain JavaScript; `dense-kernel.ts` has the same large operations in WebAssembly.
 */

/**
 * Factors the symmetric positive definite `a` (lower triangle, n x n) in place: a = L L'. Returns 0, or 1 + the row that
 * failed. Cost n^3/6.
 */
export function choleskyInPlace(a: Float64Array, n: number, ld: number): number {
  for (let i = 0; i < n; i++) {
    const ri = i * ld;
    for (let j = 0; j < i; j++) {
      const rj = j * ld;
      a[ri + j] = (a[ri + j]! - dotRows(a, ri, rj, j)) / a[rj + j]!;
    }
    const d = a[ri + i]! - dotRows(a, ri, ri, i);
    if (!(d > 0)) return i + 1;
    a[ri + i] = Math.sqrt(d);
  }
  return 0;
}

/** Sum of products of two stretches of one array, four partial sums so that the processor can overlap them. */
function dotRows(a: Float64Array, p: number, q: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < n; k += 4) {
    s0 += a[p + k]! * a[q + k]!;
    s1 += a[p + k + 1]! * a[q + k + 1]!;
    s2 += a[p + k + 2]! * a[q + k + 2]!;
    s3 += a[p + k + 3]! * a[q + k + 3]!;
  }
  for (; k < n; k++) s0 += a[p + k]! * a[q + k]!;
  return s0 + s1 + (s2 + s3);
}

/** Solves L x = b in place of `b`. */
export function solveLower(l: Float64Array, n: number, ld: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    const row = i * ld;
    for (let j = 0; j < i; j++) sum -= l[row + j]! * b[j]!;
    b[i] = sum / l[row + i]!;
  }
}

/** Solves L' x = b in place of `b`. */
export function solveLowerTransposed(
  l: Float64Array,
  n: number,
  ld: number,
  b: Float64Array,
): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * ld;
    const x = b[i]! / l[row + i]!;
    b[i] = x;
    for (let j = 0; j < i; j++) b[j]! -= l[row + j]! * x;
  }
}

/** The inverse of L L' as a full symmetric n x n matrix (row-major, leading dimension n). Cost n^3/3. */
export function inverseFromFactor(l: Float64Array, n: number, ld: number): Float64Array {
  // Rows of T = L^-1 transposed: row c of T holds column c of L^-1, zero before c.
  const t = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    const row = c * n;
    t[row + c] = 1 / l[c * ld + c]!;
    for (let i = c + 1; i < n; i++) {
      let sum = 0;
      const li = i * ld;
      for (let k = c; k < i; k++) sum -= l[li + k]! * t[row + k]!;
      t[row + i] = sum / l[li + i]!;
    }
  }
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = dotRows(t, i * n + i, j * n + i, n - i);
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
  return out;
}

/**
 * Solves L V = K for many columns: `rows[i]` holds row i of K (any length) and becomes row i of V. Cost n^2/2 per
 * column, columns in strips that stay in the cache.
 */
export function solveLowerRows(
  l: Float64Array,
  ld: number,
  rows: readonly Float64Array[],
  columns: number,
): void {
  const STRIP = 512;
  for (let start = 0; start < columns; start += STRIP) {
    const end = Math.min(columns, start + STRIP);
    for (let i = 0; i < rows.length; i++) {
      const vi = rows[i]!;
      const li = i * ld;
      let j = 0;
      for (; j + 3 < i; j += 4) {
        const a = l[li + j]!;
        const b = l[li + j + 1]!;
        const c = l[li + j + 2]!;
        const d = l[li + j + 3]!;
        const p = rows[j]!;
        const q = rows[j + 1]!;
        const r = rows[j + 2]!;
        const s = rows[j + 3]!;
        for (let n = start; n < end; n++) vi[n]! -= a * p[n]! + b * q[n]! + (c * r[n]! + d * s[n]!);
      }
      for (; j < i; j++) {
        const a = l[li + j]!;
        const p = rows[j]!;
        for (let n = start; n < end; n++) vi[n]! -= a * p[n]!;
      }
      const inverse = 1 / l[li + i]!;
      for (let n = start; n < end; n++) vi[n]! *= inverse;
    }
  }
}

const SQRT5 = Math.sqrt(5);

/**
 * Covariances of the scaled point `x` with every scaled point of `pool` (column-major, count points), written to `out`:
 * s2 exp(-r2/2), or s2 (1 + a + a^2/3) exp(-a) with a = sqrt(5 r2).
 */
export function covarianceRow(
  kind: "squared-exponential" | "matern-5/2",
  pool: Float64Array,
  count: number,
  x: Float64Array,
  s2: number,
  out: Float64Array,
): void {
  out.fill(0, 0, count);
  for (let c = 0; c < x.length; c++) {
    const xc = x[c]!;
    const start = c * count;
    for (let n = 0; n < count; n++) {
      const delta = pool[start + n]! - xc;
      out[n]! += delta * delta;
    }
  }
  for (let n = 0; n < count; n++) {
    if (kind === "squared-exponential") {
      out[n] = s2 * Math.exp(-0.5 * out[n]!);
    } else {
      const a = SQRT5 * Math.sqrt(out[n]!);
      out[n] = s2 * (1 + a + (a * a) / 3) * Math.exp(-a);
    }
  }
}

/** out (n x n) = R R' for n rows of equal length. */
export function gram(rows: readonly Float64Array[], out: Float64Array): void {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const a = rows[i]!;
      const b = rows[j]!;
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
}
