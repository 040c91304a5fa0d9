import type { Prng } from "../../../core/prng.ts";
import type { PriorKind } from "./coupling-spec.ts";

/** A normalised prior over the free couplings: independent, each confined to its bounds. */
export interface CouplingPrior {
  readonly dimension: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly lambda: number;
  /** ln p(x), normalised within the bounds; -Infinity outside. */
  logDensity(x: ArrayLike<number>): number;
  draw(prng: Prng): Float64Array;
  /** The penalty |x_k| or x_k^2 summed over the couplings that have one. */
  penalty(x: ArrayLike<number>): number;
}

/** Cells of the table from which one coupling is drawn; their width is far below any posterior's. */
const CELLS = 4000;

/** Priors exp(-lambda |x|), exp(-lambda x^2) or constant for each coupling, normalised within its bounds. */
export function createCouplingPrior(options: {
  readonly kinds: readonly PriorKind[];
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly lambda: number;
}): CouplingPrior {
  const { kinds, low, high, lambda } = options;
  const tables = kinds.map((kind, k) => tabulate(kind, low[k]!, high[k]!, lambda));
  const logNorm = tables.reduce((sum, table) => sum + table.logNorm, 0);
  const penalty = (x: ArrayLike<number>): number =>
    kinds.reduce((sum, kind, k) => sum + penaltyOf(kind, x[k]!), 0);
  return {
    dimension: kinds.length,
    low,
    high,
    lambda,
    penalty,
    logDensity: (x) => {
      for (let k = 0; k < kinds.length; k++) {
        if (!(x[k]! >= low[k]! && x[k]! <= high[k]!)) return -Infinity;
      }
      return -lambda * penalty(x) - logNorm;
    },
    draw: (prng) => Float64Array.from(tables, (table) => drawFrom(table, prng)),
  };
}

function penaltyOf(kind: PriorKind, x: number): number {
  if (kind === "L2") return x * x;
  return kind === "L1" ? Math.abs(x) : 0;
}

interface Table {
  readonly low: number;
  readonly width: number;
  /** Probability of all cells up to and with this one. */
  readonly cumulative: Float64Array;
  readonly logNorm: number;
}

function tabulate(kind: PriorKind, low: number, high: number, lambda: number): Table {
  const width = (high - low) / CELLS;
  const nearest = Math.min(high, Math.max(low, 0));
  const least = penaltyOf(kind, nearest);
  const cumulative = new Float64Array(CELLS);
  let total = 0;
  for (let c = 0; c < CELLS; c++) {
    total += Math.exp(-lambda * (penaltyOf(kind, low + (c + 0.5) * width) - least));
    cumulative[c] = total;
  }
  for (let c = 0; c < CELLS; c++) cumulative[c] = cumulative[c]! / total;
  return { low, width, cumulative, logNorm: Math.log(total * width) - lambda * least };
}

function drawFrom(table: Table, prng: Prng): number {
  const wanted = prng.next();
  let below = 0;
  let above = CELLS - 1;
  while (below < above) {
    const middle = (below + above) >> 1;
    if (table.cumulative[middle]! < wanted) below = middle + 1;
    else above = middle;
  }
  return table.low + (below + prng.next()) * table.width;
}
