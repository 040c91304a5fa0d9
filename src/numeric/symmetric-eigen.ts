import { assert } from "../core/assert.ts";

/** Eigenvalues, ascending, and where asked for the eigenvectors as rows: `vectors[k * n + i]` is component i of vector k. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors?: Float64Array;
}

/** QL sweeps that one eigenvalue may take; 3 are usual, so reaching this means that the matrix holds NaN. */
const SWEEPS_MAX = 60;

/**
 * Eigenvalues of a dense real symmetric matrix: A = Q diag(values) Q^T, by Householder reduction to tridiagonal form
 * and QL iterations with implicit Wilkinson shifts.
 *
 * @param matrix row-major, n x n; only the lower triangle is read and the array is overwritten
 * @param options `vectors: true` also accumulates Q
 * Errors of the values: a few n eps |A|. Cost 4/3 n^3 operations, about 9 n^3 with vectors.
 * Source: G. H. Golub, C. F. Van Loan, Matrix Computations (4th ed.), 8.3.
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
  options: { readonly vectors?: boolean } = {},
): SymmetricEigen {
  assert(matrix.length >= n * n, "the matrix is smaller than its order says");
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  if (options.vectors !== true) {
    tridiagonalise(matrix, n, diagonal, beside);
    tridiagonalEigen(diagonal, beside, n);
    return { values: diagonal.sort() };
  }
  const scales = tridiagonalise(matrix, n, diagonal, beside);
  const rows = accumulate(matrix, n, scales);
  tridiagonalEigen(diagonal, beside, n, rows);
  return sortByValue(diagonal, rows, n);
}

/**
 * Householder reduction: on return `diagonal[k]` and `beside[k]` (between k and k + 1) hold the tridiagonal matrix and
 * column k of `matrix` below the diagonal holds reflector k, whose scale is returned at k: H_k = 1 - scale v v^T.
 */
function tridiagonalise(
  matrix: Float64Array,
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): Float64Array {
  const scales = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    diagonal[k] = matrix[k * n + k]!;
    let tail = 0;
    for (let i = k + 2; i < n; i++) tail += matrix[i * n + k]! ** 2;
    const head = matrix[(k + 1) * n + k]!;
    if (tail === 0) {
      beside[k] = head;
      continue;
    }
    const length = Math.sqrt(head * head + tail);
    const alpha = head > 0 ? -length : length; // the sign that avoids cancellation in v
    beside[k] = alpha;
    const first = head - alpha;
    v[k + 1] = 1;
    for (let i = k + 2; i < n; i++) v[i] = matrix[i * n + k]! / first;
    const scale = -first / alpha;
    scales[k] = scale;
    for (let i = k + 1; i < n; i++) matrix[i * n + k] = v[i]!;
    reflectTrailing(matrix, n, k + 1, scale, v, p);
  }
  diagonal[n - 1] = matrix[n * n - 1]!;
  beside[n - 1] = 0;
  return scales;
}

/** A <- H A H of the trailing lower triangle from row `start`, as a rank-two update. */
function reflectTrailing(
  matrix: Float64Array,
  n: number,
  start: number,
  scale: number,
  v: Float64Array,
  p: Float64Array,
): void {
  p.fill(0, start);
  for (let i = start; i < n; i++) {
    const row = i * n;
    const vi = v[i]!;
    let sum = 0;
    for (let j = start; j < i; j++) {
      const a = matrix[row + j]!;
      sum += a * v[j]!;
      p[j] = p[j]! + a * vi;
    }
    p[i] = p[i]! + sum + matrix[row + i]! * vi;
  }
  let dot = 0;
  for (let i = start; i < n; i++) dot += p[i]! * v[i]!;
  const shift = 0.5 * scale * scale * dot;
  for (let i = start; i < n; i++) p[i] = scale * p[i]! - shift * v[i]!;
  for (let i = start; i < n; i++) {
    const row = i * n;
    const vi = v[i]!;
    const pi = p[i]!;
    for (let j = start; j <= i; j++) matrix[row + j] = matrix[row + j]! - vi * p[j]! - pi * v[j]!;
  }
}

/** Q^T (rows are the columns of Q) of the reduction, from the stored reflectors, last to first. */
function accumulate(matrix: Float64Array, n: number, scales: Float64Array): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  const v = new Float64Array(n);
  for (let k = n - 3; k >= 0; k--) {
    const scale = scales[k]!;
    if (scale === 0) continue;
    for (let i = k + 1; i < n; i++) v[i] = matrix[i * n + k]!;
    for (let r = k + 1; r < n; r++) {
      const row = r * n;
      let dot = 0;
      for (let i = k + 1; i < n; i++) dot += rows[row + i]! * v[i]!;
      if (dot === 0) continue;
      const f = scale * dot;
      for (let i = k + 1; i < n; i++) rows[row + i] = rows[row + i]! - f * v[i]!;
    }
  }
  return rows;
}

/**
 * Eigenvalues of the symmetric tridiagonal matrix (unsorted, in `diagonal`), QL with implicit shifts; `rows`, where
 * given (m x n for m = diagonal's length, row k belongs to value k), are rotated along.
 */
export function tridiagonalEigen(
  diagonal: Float64Array,
  beside: Float64Array,
  n: number,
  rows?: Float64Array,
): void {
  const width = rows === undefined ? 0 : rows.length / n;
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      const high = splitPoint(diagonal, beside, low, n);
      if (high === low) break;
      assert(sweep < SWEEPS_MAX, "a matrix with a value that is not a number was diagonalised");
      qlSweep(diagonal, beside, low, high, rows, width);
    }
  }
}

/** First index from `low` on after which the matrix falls apart at double precision. */
function splitPoint(diagonal: Float64Array, beside: Float64Array, low: number, n: number): number {
  let m = low;
  for (; m + 1 < n; m++) {
    const size = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!);
    if (Math.abs(beside[m]!) <= 1.1e-16 * size) break;
  }
  return m;
}

function qlSweep(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  rows: Float64Array | undefined,
  width: number,
): void {
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const root = Math.hypot(half, 1);
  let g = d[high]! - d[low]! + e[low]! / (half + (half >= 0 ? root : -root));
  let sine = 1;
  let cosine = 1;
  let p = 0;
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - p;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * sine + 2 * cosine * b;
    p = sine * t;
    d[i + 1] = g + p;
    g = cosine * t - b;
    if (rows !== undefined) rotateRows(rows, i * width, width, cosine, sine);
  }
  d[low] = d[low]! - p;
  e[low] = g;
  e[high] = 0;
}

/** Rotates the row at `start` with the one below it. */
function rotateRows(
  rows: Float64Array,
  start: number,
  width: number,
  cosine: number,
  sine: number,
): void {
  for (let k = start; k < start + width; k++) {
    const below = rows[k + width]!;
    const here = rows[k]!;
    rows[k + width] = sine * here + cosine * below;
    rows[k] = cosine * here - sine * below;
  }
}

function sortByValue(values: Float64Array, rows: Float64Array, n: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(rows.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (k) => values[k]!), vectors };
}
