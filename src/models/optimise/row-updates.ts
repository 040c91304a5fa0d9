/** row <- (row - sum_j l_j rows_j) / d, four rows a pass so that memory is read once. */
export function reduceRow(
  row: Float64Array,
  rows: readonly Float64Array[],
  l: Float64Array,
  inverseDiagonal: number,
): void {
  const count = row.length;
  let j = 0;
  for (; j + 3 < l.length; j += 4) {
    const [a, b, c, d] = [l[j]!, l[j + 1]!, l[j + 2]!, l[j + 3]!];
    const p = rows[j]!;
    const q = rows[j + 1]!;
    const r = rows[j + 2]!;
    const s = rows[j + 3]!;
    for (let n = 0; n < count; n++) row[n]! -= a * p[n]! + b * q[n]! + (c * r[n]! + d * s[n]!);
  }
  for (; j < l.length; j++) {
    const a = l[j]!;
    const p = rows[j]!;
    for (let n = 0; n < count; n++) row[n]! -= a * p[n]!;
  }
  for (let n = 0; n < count; n++) row[n]! *= inverseDiagonal;
}

/** mean += z row, variance -= row^2 (kept above `variance_min`). */
export function absorbRow(
  row: Float64Array,
  z: number,
  mean: Float64Array,
  variance: Float64Array,
  variance_min: number,
): void {
  for (let n = 0; n < row.length; n++) {
    const v = row[n]!;
    mean[n]! += z * v;
    variance[n] = Math.max(variance_min, variance[n]! - v * v);
  }
}
