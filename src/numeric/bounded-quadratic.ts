/**
 * A small convex problem: 1/2 z^T H z + b^T z + sum_k weight_k |z_k| with low <= z <= high.
 * H is row-major n x n, symmetric positive definite.
 */
export interface BoundedQuadratic {
  readonly n: number;
  readonly curvature: Float64Array;
  readonly linear: Float64Array;
  readonly absolute: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const ROUNDS_MAX = 50;
const SWEEPS = 20;

/**
 * Minimises by coordinate descent, which finds the active bounds and zeros, and a direct solve of the free rest, which
 * removes the slow convergence along strong correlations. Starts from and returns z (a new array).
 * For n up to some tens.
 */
export function minimiseBoundedQuadratic(
  problem: BoundedQuadratic,
  start: Float64Array,
): Float64Array {
  const { n, low, high } = problem;
  const z = start.map((value, k) => Math.min(high[k]!, Math.max(low[k]!, value)));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let moved = 0;
    for (let sweep = 0; sweep < SWEEPS; sweep++) moved = sweepOnce(problem, z);
    const size = z.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-12);
    if (moved <= 1e-14 * size) break;
    const free = Array.from({ length: n }, (_, k) => k).filter(
      (k) => z[k]! > low[k]! && z[k]! < high[k]! && (problem.absolute[k] === 0 || z[k] !== 0),
    );
    if (moveFree(problem, z, free) && sweepOnce(problem, z) <= 1e-12 * size) break;
  }
  return z;
}

/** One pass of exact minimisation in each coordinate; returns the largest change. */
function sweepOnce(problem: BoundedQuadratic, z: Float64Array): number {
  const { n, curvature, linear, absolute, low, high } = problem;
  let largest = 0;
  for (let k = 0; k < n; k++) {
    let slope = linear[k]!;
    for (let l = 0; l < n; l++) if (l !== k) slope += curvature[k * n + l]! * z[l]!;
    const h = curvature[k * n + k]!;
    const weight = absolute[k]!;
    const shrunk = Math.sign(-slope) * Math.max(0, Math.abs(slope) - weight);
    const best = h > 0 ? shrunk / h : z[k]!;
    const value = Math.min(high[k]!, Math.max(low[k]!, best));
    largest = Math.max(largest, Math.abs(value - z[k]!));
    z[k] = value;
  }
  return largest;
}

/** Solves for the free coordinates at fixed signs and goes there as far as no bound and no zero is crossed. */
function moveFree(problem: BoundedQuadratic, z: Float64Array, free: readonly number[]): boolean {
  const { n, curvature, linear, absolute, low, high } = problem;
  const m = free.length;
  if (m === 0) return true;
  const matrix = new Float64Array(m * m);
  const right = new Float64Array(m);
  free.forEach((k, a) => {
    let slope = linear[k]! + absolute[k]! * Math.sign(z[k]!);
    for (let l = 0; l < n; l++) slope += curvature[k * n + l]! * z[l]!;
    right[a] = -slope;
    free.forEach((l, b) => {
      matrix[a * m + b] = curvature[k * n + l]!;
    });
  });
  if (!solvePositiveDefinite(matrix, right, m)) return false;
  let share = 1;
  free.forEach((k, a) => {
    const step = right[a]!;
    const towards = step > 0 ? high[k]! : low[k]!;
    if (step !== 0) share = Math.min(share, (towards - z[k]!) / step);
    if (absolute[k]! > 0 && z[k]! * (z[k]! + step) < 0) share = Math.min(share, -z[k]! / step);
  });
  free.forEach((k, a) => {
    z[k] = Math.min(high[k]!, Math.max(low[k]!, z[k]! + share * right[a]!));
  });
  return share === 1;
}

/** Solves A x = b in place by Cholesky (A n x n row-major, overwritten; b becomes x); false where A is not definite. */
function solvePositiveDefinite(a: Float64Array, b: Float64Array, n: number): boolean {
  if (!factorise(a, n)) return false;
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * n + k]! * b[k]!;
    b[i] = sum / a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i]! * b[k]!;
    b[i] = sum / a[i * n + i]!;
  }
  return true;
}

/** Inverse of a small positive definite matrix and ln det; undefined where it is not definite. */
export function invertPositiveDefinite(
  matrix: Float64Array,
  n: number,
): { readonly inverse: Float64Array; readonly logDeterminant: number } | undefined {
  const factor = matrix.slice();
  if (!factorise(factor, n)) return undefined;
  let logDeterminant = 0;
  for (let k = 0; k < n; k++) logDeterminant += 2 * Math.log(factor[k * n + k]!);
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const column = new Float64Array(n);
    column[k] = 1;
    if (!solvePositiveDefinite(matrix.slice(), column, n)) return undefined;
    for (let i = 0; i < n; i++) inverse[i * n + k] = column[i]!;
  }
  return { inverse, logDeterminant };
}

/** Lower Cholesky factor in the lower triangle. */
function factorise(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) {
        if (!(sum > 0)) return false;
        a[i * n + i] = Math.sqrt(sum);
      } else a[i * n + j] = sum / a[j * n + j]!;
    }
  }
  return true;
}
