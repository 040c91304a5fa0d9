/**
 * An elimination order for a matrix whose rows are points in space and whose entries join close points: halve the set
 * along its longest side, order both halves, then the strip between them (A. George, SIAM J. Numer. Anal. 10, 345
 * (1973)). In two dimensions it keeps a Cholesky factor at O(N log N) entries.
 *
 * @param points N x dimension
 * @param reach largest distance of two rows joined by an entry, per axis
 * @returns order[k] = the row eliminated k-th
 */
export function dissectionOrder(
  points: Float64Array,
  dimension: number,
  reach: number,
): Int32Array {
  const count = points.length / dimension;
  const order = new Int32Array(count);
  let filled = count;
  const dissect = (rows: Int32Array): void => {
    const axis = longestAxis(points, dimension, rows);
    rows.sort((a, b) => points[a * dimension + axis]! - points[b * dimension + axis]! || a - b);
    const at = (k: number): number => points[rows[k]! * dimension + axis]!;
    const middle = at(rows.length >> 1);
    let left = 0;
    while (left < rows.length && at(left) < middle) left++;
    let right = left;
    while (right < rows.length && at(right) < middle + reach * (1 - 1e-9)) right++;
    if (rows.length <= LEAF || left === 0 || right === rows.length) {
      for (let k = rows.length - 1; k >= 0; k--) order[--filled] = rows[k]!;
      return;
    }
    for (let k = right - 1; k >= left; k--) order[--filled] = rows[k]!;
    dissect(rows.slice(right));
    dissect(rows.slice(0, left));
  };
  if (count > 0) dissect(Int32Array.from({ length: count }, (_, i) => i));
  return order;
}

/** Sets this small are eliminated as they stand: a separator would hold most of them. */
const LEAF = 24;

function longestAxis(points: Float64Array, dimension: number, rows: Int32Array): number {
  let longest = 0;
  let extent = -1;
  for (let k = 0; k < dimension; k++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      const x = points[row * dimension + k]!;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (high - low > extent * (1 + 1e-9)) {
      extent = high - low;
      longest = k;
    }
  }
  return longest;
}
