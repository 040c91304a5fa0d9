import { assert } from "../core/assert.ts";
import { tridiagonalEigen, tridiagonalValues } from "./tridiagonal-eigen.ts";

/** Eigenvalues, ascending, and where asked for the eigenvectors as rows: `vectors[k * n + i]` is component i of vector k. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors?: Float64Array;
}

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
  const work = workspaceOf(n);
  const diagonal = new Float64Array(n);
  tridiagonalise(matrix, n, diagonal, work);
  if (options.vectors !== true) {
    tridiagonalValues(diagonal, work.beside, n);
    return { values: sorted(diagonal) };
  }
  const rows = accumulate(matrix, n, work);
  tridiagonalEigen(diagonal, work.beside, n, rows);
  return sortByValue(diagonal, rows, n);
}

/** Vectors that every decomposition needs and none returns: thousands of small ones follow each other. */
interface Workspace {
  readonly beside: Float64Array;
  readonly scales: Float64Array;
  readonly v: Float64Array;
  readonly p: Float64Array;
}

let shared = makeWorkspace(32);

function makeWorkspace(n: number): Workspace {
  const vector = () => new Float64Array(n);
  return { beside: vector(), scales: vector(), v: vector(), p: vector() };
}

function workspaceOf(n: number): Workspace {
  if (shared.v.length < n) shared = makeWorkspace(n);
  return shared;
}

/** Values that a QL run leaves are nearly in order: few exchanges where there are few. */
function sorted(values: Float64Array): Float64Array {
  if (values.length > 64) return values.sort();
  for (let k = 1; k < values.length; k++) {
    const value = values[k]!;
    let at = k;
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  return values;
}

/**
 * Householder reduction: on return `diagonal[k]` and `beside[k]` (between k and k + 1) hold the tridiagonal matrix and
 * column k of `matrix` below the diagonal holds reflector k, whose scale is at `scales[k]`: H_k = 1 - scale v v^T.
 */
function tridiagonalise(
  matrix: Float64Array,
  n: number,
  diagonal: Float64Array,
  { beside, scales, v, p }: Workspace,
): void {
  for (let k = 0; k + 1 < n; k++) {
    diagonal[k] = matrix[k * n + k]!;
    scales[k] = 0;
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
  for (let i = start; i < n; i++) p[i] = 0;
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
function accumulate(matrix: Float64Array, n: number, { scales, v }: Workspace): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
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

/** In place: an insertion sort of the values that exchanges whole rows only at the end. */
function sortByValue(values: Float64Array, rows: Float64Array, n: number): SymmetricEigen {
  const order = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    let at = k;
    while (at > 0 && values[order[at - 1]!]! > values[k]!) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = k;
  }
  const vectors = new Float64Array(n * n);
  const sorted = new Float64Array(n);
  for (let to = 0; to < n; to++) {
    const from = order[to]! * n;
    sorted[to] = values[order[to]!]!;
    for (let i = 0; i < n; i++) vectors[to * n + i] = rows[from + i]!;
  }
  return { values: sorted, vectors };
}
