/** A B for A (rows x inner) and B (inner x columns), row-major. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  shape: { readonly rows: number; readonly inner: number; readonly columns: number },
): Float64Array {
  const { rows, inner, columns } = shape;
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    for (let k = 0; k < inner; k++) {
      const value = a[i * inner + k]!;
      if (value === 0) continue;
      const row = k * columns;
      for (let c = 0; c < columns; c++) out[at + c]! += value * b[row + c]!;
    }
  }
  return out;
}

/** The first `kept` of `columns` columns. */
export function firstColumns(
  a: Float64Array,
  rows: number,
  columns: number,
  kept: number,
): Float64Array {
  const out = new Float64Array(rows * kept);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < kept; c++) out[i * kept + c] = a[i * columns + c]!;
  }
  return out;
}

/** The rows named by `rows`, in that order. */
export function takeRows(
  a: Float64Array,
  columns: number,
  rows: ArrayLike<number> & Iterable<number>,
): Float64Array {
  const out = new Float64Array(rows.length * columns);
  let k = 0;
  for (const row of rows) {
    out.set(a.subarray(row * columns, (row + 1) * columns), k * columns);
    k++;
  }
  return out;
}
