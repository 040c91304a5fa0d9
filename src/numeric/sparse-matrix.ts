/**
 * A square sparse matrix in compressed rows: row i holds the entries `start[i] .. start[i+1]-1`, columns ascending.
 * Symmetric matrices store both triangles, so that a row is a column.
 */
export interface SparseMatrix {
  readonly count: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

/** out = A x. Cost: one multiplication an entry. */
export function multiply(matrix: SparseMatrix, x: Float64Array, out: Float64Array): void {
  const { count, start, column, value } = matrix;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) sum += value[e]! * x[column[e]!]!;
    out[i] = sum;
  }
}

/** Number of the connected component of each row, 0.. in the order of their first rows. Entries of value 0 connect too. */
export function connectedComponents(matrix: {
  readonly count: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
}): Int32Array {
  const component = new Int32Array(matrix.count).fill(-1);
  const stack = new Int32Array(matrix.count);
  let found = 0;
  for (let seed = 0; seed < matrix.count; seed++) {
    if (component[seed] !== -1) continue;
    let depth = 0;
    stack[depth++] = seed;
    component[seed] = found;
    while (depth > 0) {
      const i = stack[--depth]!;
      for (let e = matrix.start[i]!; e < matrix.start[i + 1]!; e++) {
        const j = matrix.column[e]!;
        if (component[j] !== -1) continue;
        component[j] = found;
        stack[depth++] = j;
      }
    }
    found++;
  }
  return component;
}
