import type { SparseMatrix } from "./sparse-matrix.ts";

/** A factorised symmetric positive definite matrix. */
export interface Factor {
  /** Rows of A. */
  readonly count: number;
  /** Entries below and on the diagonal. */
  readonly entries: number;
  /** Solves A x = b; b is left as it is. Cost: two multiplications an entry. */
  solve(b: Float64Array): Float64Array;
}

/**
 * Cholesky factor A = L L^T of a sparse symmetric positive definite matrix under a fill-reducing order, row by row
 * ("up-looking": row k of L solves a sparse triangular system whose pattern is read off the elimination tree;
 * T. A. Davis, Direct Methods for Sparse Linear Systems, SIAM 2006, sections 4.1-4.7).
 *
 * @param order order[k] = row eliminated k-th
 * @returns undefined where a pivot is not positive, that is, where A is not positive definite
 */
export function factorise(matrix: SparseMatrix, order: Int32Array): Factor | undefined {
  const n = matrix.count;
  const position = new Int32Array(n);
  for (let k = 0; k < n; k++) position[order[k]!] = k;
  const parent = eliminationTree(matrix, order, position);
  const start = countColumns(matrix, order, position, parent);
  const row = new Int32Array(start[n]!);
  const value = new Float64Array(start[n]!);
  const next = start.slice(0, n);
  const x = new Float64Array(n);
  const mark = new Int32Array(n).fill(-1);
  const stack = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    let top = n;
    let pivot = 0;
    const i = order[k]!;
    mark[k] = k;
    for (let e = matrix.start[i]!; e < matrix.start[i + 1]!; e++) {
      let j = position[matrix.column[e]!]!;
      if (j > k) continue;
      if (j === k) {
        pivot = matrix.value[e]!;
        continue;
      }
      x[j] = matrix.value[e]!;
      let depth = 0;
      for (; mark[j] !== k; j = parent[j]!) {
        stack[depth++] = j;
        mark[j] = k;
      }
      while (depth > 0) stack[--top] = stack[--depth]!;
    }
    for (; top < n; top++) {
      const j = stack[top]!;
      const first = start[j]!;
      const l = x[j]! / value[first]!;
      x[j] = 0;
      const end = next[j]!;
      for (let p = first + 1; p < end; p++) x[row[p]!]! -= value[p]! * l;
      pivot -= l * l;
      row[end] = k;
      value[end] = l;
      next[j] = end + 1;
    }
    if (!(pivot > 0)) return undefined;
    row[next[k]!] = k;
    value[next[k]!] = Math.sqrt(pivot);
    next[k] = next[k]! + 1;
  }
  return { count: n, entries: start[n]!, solve: (b) => solveBoth(b, order, start, row, value) };
}

/** parent[j] = the first row below j that column j of L touches, -1 for a root. */
function eliminationTree(
  matrix: SparseMatrix,
  order: Int32Array,
  position: Int32Array,
): Int32Array {
  const n = matrix.count;
  const parent = new Int32Array(n).fill(-1);
  const ancestor = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    for (let e = matrix.start[i]!; e < matrix.start[i + 1]!; e++) {
      let j = position[matrix.column[e]!]!;
      while (j !== -1 && j < k) {
        const up = ancestor[j]!;
        ancestor[j] = k;
        if (up === -1) parent[j] = k;
        j = up;
      }
    }
  }
  return parent;
}

/** Where each column of L begins: rows are walked through the tree once to count the entries. */
function countColumns(
  matrix: SparseMatrix,
  order: Int32Array,
  position: Int32Array,
  parent: Int32Array,
): Int32Array {
  const n = matrix.count;
  const start = new Int32Array(n + 1);
  const mark = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    mark[k] = k;
    start[k + 1] = start[k + 1]! + 1;
    const i = order[k]!;
    for (let e = matrix.start[i]!; e < matrix.start[i + 1]!; e++) {
      for (let j = position[matrix.column[e]!]!; j < k && mark[j] !== k; j = parent[j]!) {
        mark[j] = k;
        start[j + 1] = start[j + 1]! + 1;
      }
    }
  }
  for (let k = 0; k < n; k++) start[k + 1] = start[k + 1]! + start[k]!;
  return start;
}

function solveBoth(
  b: Float64Array,
  order: Int32Array,
  start: Int32Array,
  row: Int32Array,
  value: Float64Array,
): Float64Array {
  const n = order.length;
  const y = new Float64Array(n);
  for (let k = 0; k < n; k++) y[k] = b[order[k]!]!;
  for (let k = 0; k < n; k++) {
    const first = start[k]!;
    const known = y[k]! / value[first]!;
    y[k] = known;
    if (known === 0) continue;
    const end = start[k + 1]!;
    for (let p = first + 1; p < end; p++) y[row[p]!]! -= value[p]! * known;
  }
  for (let k = n - 1; k >= 0; k--) {
    const first = start[k]!;
    let sum = y[k]!;
    const end = start[k + 1]!;
    for (let p = first + 1; p < end; p++) sum -= value[p]! * y[row[p]!]!;
    y[k] = sum / value[first]!;
  }
  const x = new Float64Array(n);
  for (let k = 0; k < n; k++) x[order[k]!] = y[k]!;
  return x;
}
