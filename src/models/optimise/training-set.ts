import { createOutputScale, NO_WARP, type OutputScale, type OutputWarp } from "./output-scale.ts";

/** Results as a Gaussian process learns them: distinct points with standardised values. */
export interface TrainingSet {
  readonly count: number;
  readonly columns: number;
  /** Row-major count x columns, columns on the unit range. */
  readonly x: Float64Array;
  /** Standardised by `output`. */
  readonly y: Float64Array;
  /** Number of results merged into each row. */
  readonly replicates: Float64Array;
  /** Known variance of each row's mean in standardised units; NaN where the noise is learnt. */
  readonly knownVariance: Float64Array;
  readonly output: OutputScale;
  /** Where present: -1 where `y` is only known to be at most that, 1 at least, 0 a value. See {@link settleBounds}. */
  readonly bounds?: Int8Array | undefined;
}

/** One result before merging; `uncertainty` is its standard deviation where an instrument told. */
export interface TrainingRow {
  readonly x: Float64Array;
  readonly value: number;
  readonly uncertainty?: number | undefined;
  /** The value is at most (`below`) or at least (`above`) `value`: `<0.1`, `>100`. */
  readonly bound?: "below" | "above" | undefined;
}

/**
 * Standardises the values to mean 0 and deviation 1 (1 where all are equal, with the values' size as scale so that
 * 1e12 and 1e-12 behave alike) and merges results at equal points: weighted mean, variance of the mean. A merged
 * point never makes the covariance singular. A bound is a row of its own.
 */
export function createTrainingSet(
  rows: readonly TrainingRow[],
  columns: number,
  warp: OutputWarp = NO_WARP,
): TrainingSet {
  const output = createOutputScale(
    rows.map((row) => row.value),
    warp,
  );
  const merged = new Map<
    string,
    { x: Float64Array; ys: number[]; variances: number[]; bound: number }
  >();
  for (const [k, row] of rows.entries()) {
    const bound = row.bound === undefined ? 0 : row.bound === "below" ? -1 : 1;
    const key = bound === 0 ? row.x.join() : `${row.x.join()} bound ${k}`;
    const place = merged.get(key) ?? { x: row.x, ys: [], variances: [], bound };
    place.ys.push(output.toStandard(row.value));
    const u = row.uncertainty;
    place.variances.push(
      u !== undefined && u >= 0 && Number.isFinite(u)
        ? (u * output.slopeAt(row.value)) ** 2
        : Number.NaN,
    );
    merged.set(key, place);
  }
  const count = merged.size;
  const x = new Float64Array(count * columns);
  const y = new Float64Array(count);
  const replicates = new Float64Array(count);
  const knownVariance = new Float64Array(count);
  let i = 0;
  for (const place of merged.values()) {
    x.set(place.x, i * columns);
    const n = place.ys.length;
    replicates[i] = n;
    y[i] = place.ys.reduce((sum, v) => sum + v, 0) / n;
    knownVariance[i] = place.variances.reduce((sum, v) => sum + v, 0) / (n * n);
    i++;
  }
  const bounds = Int8Array.from(merged.values(), ({ bound }) => bound);
  const isBounded = bounds.some((bound) => bound !== 0);
  const set = { count, columns, x, y, replicates, knownVariance, output };
  return isBounded ? { ...set, bounds } : set;
}
