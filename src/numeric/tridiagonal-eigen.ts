import { assert } from "../core/assert.ts";

/** QL sweeps that one eigenvalue may take; 3 are usual, so reaching this means that the matrix holds NaN. */
const SWEEPS_MAX = 60;

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

/**
 * Eigenvalues alone (unsorted, in `diagonal`), by the QL iteration without square roots of Pal, Walker and Kahan.
 *
 * @param beside overwritten, by squares
 * Source: B. N. Parlett, The Symmetric Eigenvalue Problem, 8.15.
 */
export function tridiagonalValues(d: Float64Array, beside: Float64Array, n: number): void {
  const square = beside;
  for (let k = 0; k + 1 < n; k++) square[k] = beside[k]! * beside[k]!;
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      let high = low;
      for (; high + 1 < n; high++) {
        const size = Math.abs(d[high]!) + Math.abs(d[high + 1]!);
        if (square[high]! <= 1.3e-32 * size * size) break;
      }
      if (high === low) break;
      assert(sweep < SWEEPS_MAX, "a matrix with a value that is not a number was diagonalised");
      rationalSweep(d, square, low, high);
    }
  }
}

/** One implicit QL sweep on the diagonal and the squares beside it. */
function rationalSweep(d: Float64Array, square: Float64Array, low: number, high: number): void {
  const root = Math.sqrt(square[low]!);
  const half = (d[low + 1]! - d[low]!) / (2 * root);
  const length = Math.sqrt(half * half + 1);
  const shift = d[low]! - root / (half + (half >= 0 ? length : -length));
  let cosine = 1;
  let sine = 0;
  let gamma = d[high]! - shift;
  let p = gamma * gamma;
  for (let i = high - 1; i >= low; i--) {
    const b = square[i]!;
    const r = p + b;
    if (i + 1 < high) square[i + 1] = sine * r;
    const before = cosine;
    cosine = p / r;
    sine = b / r;
    const old = gamma;
    gamma = cosine * (d[i]! - shift) - sine * old;
    d[i + 1] = old + (d[i]! - gamma);
    p = cosine === 0 ? before * b : (gamma * gamma) / cosine;
  }
  square[low] = sine * p;
  d[low] = shift + gamma;
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
  const root = Math.sqrt(half * half + 1);
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
