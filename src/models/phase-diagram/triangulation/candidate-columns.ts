import type { Fractions } from "./barycentric.ts";

/** Columns are told apart on a lattice of 2^-30: coarser than rounding, finer than any grid. */
const KEY = 2 ** 30;
/** Candidates this little outside a triangle are visited too: the caller compares. */
const SLACK = 1e-6;
/** An edge narrower than this counts as upright: its whole height is visited. */
const UPRIGHT = 1e-3;

/**
 * Candidates in columns of equal second fraction, within each by their third: those in a triangle or a box are found without
 * looking at the others.
 */
export class CandidateColumns {
  /** Candidates, column by column. */
  readonly order: Int32Array;
  /** Second and third fraction, in that order. */
  readonly u: Float64Array;
  readonly v: Float64Array;
  /** First place of each column, and their number at the end. */
  readonly #start: Int32Array;
  readonly #at: Float64Array;
  /** Range of places found in one column. */
  readonly #range = new Int32Array(2);

  constructor(points: readonly Fractions[]) {
    const keys = points.map((p) => Math.round(p[1] * KEY));
    this.order = Int32Array.from(points, (_, i) => i).sort(
      (i, j) => keys[i]! - keys[j]! || points[i]![2] - points[j]![2] || i - j,
    );
    this.u = Float64Array.from(this.order, (i) => points[i]![1]);
    this.v = Float64Array.from(this.order, (i) => points[i]![2]);
    const start: number[] = [];
    this.order.forEach((i, k) => {
      if (k === 0 || keys[i] !== keys[this.order[k - 1]!]) start.push(k);
    });
    this.#at = Float64Array.from(start, (k) => this.u[k]!);
    this.#start = Int32Array.from([...start, points.length]);
  }

  /** The same for each list of candidates: many triangulations are laid over one. */
  static of(points: readonly Fractions[]): CandidateColumns {
    const known = made.get(points);
    if (known !== undefined) return known;
    const columns = new CandidateColumns(points);
    made.set(points, columns);
    return columns;
  }

  /** First column at or beyond a second fraction. */
  firstColumn(u: number): number {
    return firstAtLeast(this.#at, u - SLACK, 0, this.#at.length);
  }

  /** True where there is such a column at or before a second fraction. */
  hasColumn(column: number, u: number): boolean {
    return column < this.#at.length && this.#at[column]! <= u + SLACK;
  }

  /** Places of one column with a third fraction from `low` to `high`: from the first to before the second. */
  within(column: number, low: number, high: number): Int32Array {
    const end = this.#start[column + 1]!;
    const from = firstAtLeast(this.v, low - SLACK, this.#start[column]!, end);
    let to = from;
    while (to < end && this.v[to]! <= high + SLACK) to++;
    this.#range[0] = from;
    this.#range[1] = to;
    return this.#range;
  }

  /** Places of one column inside a triangle. */
  inTriangle(column: number, corners: readonly [Fractions, Fractions, Fractions]): Int32Array {
    const u = this.#at[column]!;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < 3; k++) {
      const p = corners[k]!;
      const q = corners[k === 2 ? 0 : k + 1]!;
      if (u < Math.min(p[1], q[1]) - SLACK || u > Math.max(p[1], q[1]) + SLACK) continue;
      const width = q[1] - p[1];
      const isUpright = Math.abs(width) < UPRIGHT;
      const t = Math.min(1, Math.max(0, (u - p[1]) / width));
      const v = p[2] + t * (q[2] - p[2]);
      low = Math.min(low, isUpright ? Math.min(p[2], q[2]) : v);
      high = Math.max(high, isUpright ? Math.max(p[2], q[2]) : v);
    }
    return this.within(column, low, high);
  }

  /** Places of one column that may lie within `margin` (second and third fraction) of the segment p-q. */
  alongSegment(
    column: number,
    [p, q]: readonly [Fractions, Fractions],
    margin: number,
  ): Int32Array {
    const u = this.#at[column]!;
    const width = q[1] - p[1];
    if (Math.abs(width) < UPRIGHT)
      return this.within(column, Math.min(p[2], q[2]) - margin, Math.max(p[2], q[2]) + margin);
    const t0 = Math.min(1, Math.max(0, (u - margin - p[1]) / width));
    const t1 = Math.min(1, Math.max(0, (u + margin - p[1]) / width));
    const [v0, v1] = [p[2] + t0 * (q[2] - p[2]), p[2] + t1 * (q[2] - p[2])];
    return this.within(column, Math.min(v0, v1) - margin, Math.max(v0, v1) + margin);
  }
}

const made = new WeakMap<readonly Fractions[], CandidateColumns>();

/** First place from `from` to `to` at which an ascending list is not below a value. */
function firstAtLeast(sorted: Float64Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
