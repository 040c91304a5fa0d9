/** The values along one axis of many rows, each distinct one once. */
export interface ValueRanks {
  /** Distinct values, ascending. */
  readonly values: Float64Array;
  /** Position of each row's value. */
  readonly rank: Int32Array;
}

/** Ranks of column `axis` of a row-major table of `axes` columns. 0 and -0 are one value. */
export function ranksOf(rows: Float64Array, axis: number, axes: number): ValueRanks {
  const known = new Map<number, number>();
  const rank = new Int32Array(rows.length / axes);
  // Neighbouring rows often repeat a value.
  let [last, lastCode] = [Number.NaN, -1];
  for (let i = 0; i < rank.length; i++) {
    const x = rows[i * axes + axis]!;
    if (x !== last) {
      last = x;
      lastCode = known.get(x) ?? known.size;
      if (lastCode === known.size) known.set(x, lastCode);
    }
    rank[i] = lastCode;
  }
  const met = Float64Array.from(known.keys());
  const values = met.slice().sort();
  const position = new Map(Array.from(values, (x, k) => [x, k]));
  const renumbered = Int32Array.from(met, (x) => position.get(x)!);
  for (let i = 0; i < rank.length; i++) rank[i] = renumbered[rank[i]!]!;
  return { values, rank };
}

/** Rows in ascending order of their ranks, the first column first; equal rows stay as they stand. A counting sort a column. */
export function orderByRanks(columns: readonly ValueRanks[], count: number): Int32Array {
  let order = new Int32Array(count);
  for (let row = 0; row < count; row++) order[row] = row;
  for (const { values, rank } of [...columns].reverse()) {
    const next = new Int32Array(values.length + 1);
    for (let i = 0; i < count; i++) next[rank[i]! + 1]! += 1;
    for (let k = 0; k < values.length; k++) next[k + 1]! += next[k]!;
    const sorted = new Int32Array(count);
    for (const row of order) sorted[next[rank[row]!]!++] = row;
    order = sorted;
  }
  return order;
}
