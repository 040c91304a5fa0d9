import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../../numeric/cholesky.ts";
import type { FractionEstimate } from "../map-model.ts";

/** One phase's estimates over the samples. */
export interface CellSamples {
  /** n x columns. */
  readonly points: Float64Array;
  readonly columns: number;
  readonly estimates: readonly (FractionEstimate | undefined)[];
}

/** Strains before any is seen: their spread, and by how much they change over the whole map. */
const PRIOR = { spread: 0.02, slope: 0.1 };
/** Samples this far away say a third of what those at hand say. */
const REACH = 0.25;
/** Of one fitted strain, and of the line through them. */
const DEVIATION = 0.0015;
/** Strains of phases seen so clearly are believed. */
const CLEAR = 5;
/** A line is lost that is off by so much: half its width in ln d. */
const LOST = 0.003;

/**
 * Fraction and deviation of a phase in each sample, at the cell that the samples around give it: solid solutions' cells run
 * linearly with composition (Vegard), so where a phase is too little to be seen its lines are looked for where its
 * neighbours have them. Strains of clear samples are fitted by a weighted plane around each place; the signals of the
 * strains in question are averaged by their probabilities, and the deviation grows where the strain is unsure.
 * Infinite deviations where a sample has no estimate. O(n^2).
 */
export function fractionsAtMovedCells(
  samples: CellSamples,
): readonly (readonly [number, number])[] {
  const clear = samples.estimates.flatMap((one, i) =>
    one?.strain !== undefined && one.fraction > CLEAR * one.error
      ? [{ at: placeOf(samples, i), strain: one.strain }]
      : [],
  );
  return samples.estimates.map((one, i): readonly [number, number] => {
    if (one === undefined) return [0, Number.POSITIVE_INFINITY];
    const { fraction, error, moved } = one;
    if (moved === undefined || clear.length === 0) return [fraction, error];
    const cell = strainAt(placeOf(samples, i), clear);
    const signal = signalAround(moved, cell);
    return [signal * error, error * Math.hypot(1, cell.deviation / LOST)];
  });
}

interface ClearSample {
  readonly at: Float64Array;
  readonly strain: number;
}

interface Cell {
  readonly strain: number;
  readonly deviation: number;
}

function placeOf({ points, columns }: CellSamples, i: number): Float64Array {
  return points.subarray(i * columns, (i + 1) * columns);
}

/** Weighted ridge regression strain = c0 + c . (x - x0), read at x0. */
function strainAt(at: Float64Array, clear: readonly ClearSample[]): Cell {
  const n = at.length + 1;
  const curvature = new Float64Array(n * n);
  const pull = new Float64Array(n);
  for (const sample of clear) {
    const row = Float64Array.from({ length: n }, (_, k) =>
      k === 0 ? 1 : sample.at[k - 1]! - at[k - 1]!,
    );
    const distance2 = row.reduce((sum, v) => sum + v * v, -1);
    const weight = Math.exp(-distance2 / (2 * REACH * REACH)) / DEVIATION ** 2;
    for (let a = 0; a < n; a++) {
      pull[a] = pull[a]! + weight * row[a]! * sample.strain;
      for (let b = 0; b < n; b++) {
        curvature[a * n + b] = curvature[a * n + b]! + weight * row[a]! * row[b]!;
      }
    }
  }
  for (let a = 0; a < n; a++) {
    const prior = a === 0 ? PRIOR.spread : PRIOR.slope;
    curvature[a * n + a] = curvature[a * n + a]! + prior ** -2;
  }
  if (choleskyInPlace(curvature, n, n) !== 0) return { strain: 0, deviation: PRIOR.spread };
  const unit = Float64Array.from({ length: n }, (_, k) => (k === 0 ? 1 : 0));
  solveLower(curvature, n, n, unit);
  const variance = unit.reduce((sum, v) => sum + v * v, 0);
  solveLower(curvature, n, n, pull);
  solveLowerTransposed(curvature, n, n, pull);
  return { strain: pull[0]!, deviation: Math.hypot(Math.sqrt(variance), DEVIATION) };
}

/** Mean signal over the strains that the cell may have. */
function signalAround(
  { strain_max, signals }: NonNullable<FractionEstimate["moved"]>,
  cell: Cell,
): number {
  const steps = (signals.length - 1) / 2;
  let sum = 0;
  let total = 0;
  signals.forEach((signal, k) => {
    const strain = steps === 0 ? 0 : ((k - steps) / steps) * strain_max;
    const weight = Math.exp(-((strain - cell.strain) ** 2) / (2 * cell.deviation ** 2));
    sum += weight * signal;
    total += weight;
  });
  return total > 0 ? sum / total : 0;
}
