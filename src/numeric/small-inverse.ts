/** A pivot this small is taken as this large: the columns of a flat simplex are nearly dependent. */
const PIVOT_MIN = 1e-6;

/**
 * Inverse of an m x m matrix (row-major), Gauss-Jordan with row pivoting. A singular matrix gives a large inverse, not NaN.
 * Cost O(m^3).
 */
export function invertSmall(matrix: Float64Array, m: number): Float64Array {
  const a = matrix.slice();
  const b = new Float64Array(m * m);
  for (let k = 0; k < m; k++) b[k * m + k] = 1;
  for (let c = 0; c < m; c++) {
    const top = pivotRow(a, m, c);
    for (const side of [a, b]) swapRows(side, m, c, top);
    const found = a[c * m + c]!;
    const pivot = Math.abs(found) < PIVOT_MIN ? PIVOT_MIN : found;
    for (const side of [a, b]) for (let q = 0; q < m; q++) side[c * m + q]! /= pivot;
    for (let r = 0; r < m; r++) {
      const share = a[r * m + c]!;
      if (r === c || share === 0) continue;
      for (const side of [a, b])
        for (let q = 0; q < m; q++) side[r * m + q]! -= share * side[c * m + q]!;
    }
  }
  return b;
}

function pivotRow(a: Float64Array, m: number, column: number): number {
  let top = column;
  for (let r = column + 1; r < m; r++)
    if (Math.abs(a[r * m + column]!) > Math.abs(a[top * m + column]!)) top = r;
  return top;
}

function swapRows(a: Float64Array, m: number, p: number, q: number): void {
  if (p === q) return;
  for (let k = 0; k < m; k++) {
    const kept = a[p * m + k]!;
    a[p * m + k] = a[q * m + k]!;
    a[q * m + k] = kept;
  }
}
