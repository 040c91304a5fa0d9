import type { Prng } from "../../core/prng.ts";
import type { TrainingSet } from "./training-set.ts";

/** More rows than this are not used for learning: the likelihood costs their cube. */
const LEARNING_ROWS_max = 400;

/** The rows from which hyperparameters are learnt: all, or of many the best quarter of what is used and a random rest, in order. */
export function limitRows(data: TrainingSet, prng: Prng): TrainingSet {
  const { count: n } = data;
  if (n <= LEARNING_ROWS_max) return data;
  const byValue = Array.from({ length: n }, (_, i) => i).sort((p, q) => data.y[q]! - data.y[p]!);
  const kept = byValue.slice(0, LEARNING_ROWS_max / 4);
  const rest = byValue.slice(LEARNING_ROWS_max / 4);
  for (let k = 0; kept.length < LEARNING_ROWS_max; k++) {
    const j = k + prng.integer(rest.length - k);
    const row = rest[j]!;
    rest[j] = rest[k]!;
    kept.push(row);
  }
  return pickRows(
    data,
    kept.sort((p, q) => p - q),
  );
}

/** Some of the rows, in the order given; bounds must have been settled. */
export function pickRows(data: TrainingSet, rows: readonly number[]): TrainingSet {
  const { columns } = data;
  const x = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries())
    x.set(data.x.subarray(row * columns, (row + 1) * columns), i * columns);
  const pick = (from: Float64Array): Float64Array => Float64Array.from(rows, (row) => from[row]!);
  return {
    ...data,
    count: rows.length,
    x,
    y: pick(data.y),
    replicates: pick(data.replicates),
    knownVariance: pick(data.knownVariance),
  };
}
