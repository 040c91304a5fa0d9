/** Room for rows that are appended before the process is factored anew: a step of the schedule is 5 %. */
const APPENDED_share = 0.07;
const APPENDED_min = 16;

/**
 * V = L^-1 K(X, pool) by candidates, with room for rows to come: row i of candidate n stands at n * room + i of `values`. Memory that
 * is never written costs nothing.
 */
export class WhitenedColumns {
  values: Float64Array;
  room: number;
  private readonly count: number;

  constructor(count: number, rows: number) {
    this.count = count;
    this.room = roomFor(rows);
    this.values = new Float64Array(count * this.room);
  }

  /** Makes room for `rows`; of each candidate as many rows as it has `taken` stay. */
  reserve(rows: number, taken: Int32Array): void {
    if (rows <= this.room) return;
    const room = roomFor(rows);
    const wider = new Float64Array(this.count * room);
    for (let n = 0; n < this.count; n++) {
      const at = n * this.room;
      if (taken[n]! > 0) wider.set(this.values.subarray(at, at + taken[n]!), n * room);
    }
    this.values = wider;
    this.room = room;
  }
}

function roomFor(rows: number): number {
  return rows + Math.max(APPENDED_min, Math.ceil(APPENDED_share * rows));
}

/** value - sum_j l_j v_j over `rows` entries of `columns` from `at`, four a sum: the order of `reduceRow`. Cost 2 rows. */
export function reduced(
  value: number,
  columns: Float64Array,
  at: number,
  l: Float64Array,
  rows: number,
): number {
  let left = value;
  let j = 0;
  for (; j + 3 < rows; j += 4) {
    const k = at + j;
    left -=
      l[j]! * columns[k]! +
      l[j + 1]! * columns[k + 1]! +
      (l[j + 2]! * columns[k + 2]! + l[j + 3]! * columns[k + 3]!);
  }
  for (; j < rows; j++) left -= l[j]! * columns[at + j]!;
  return left;
}
