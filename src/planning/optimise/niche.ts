import { logGainCeiling, logImprovement } from "../../models/optimise/acquisition/improvement.ts";
import { correlation, squaredDistance } from "../../models/optimise/kernel.ts";
import type { PoolBelief } from "../../models/optimise/surrogate-model.ts";
import type { CandidatePool } from "./candidate-pool.ts";

/** A hill is exhausted where no open candidate promises a larger gain, in deviations of the results; lower hills sooner. */
const LOG_GAIN_min = Math.log(1e-4);
const LOG_GAIN_min_lower = Math.log(1e-3);
/** Candidates more correlated than this with the top of a hill belong to it. */
const CORRELATION_max = 0.5;
const HILLS_max = 8;

/** A part of the pool away from the exhausted hills, with a best value of its own to beat. */
export interface Niche {
  readonly eligible: Uint8Array;
  /** Largest posterior mean at a result there, standardised. */
  readonly incumbent: number;
}

/**
 * Where to look when the best hill promises nothing more: the hill is left out, and what remains competes with the best
 * result outside of it, and so on over up to eight hills. A lower hill is thus climbed while there is budget, and may turn out to be the highest.
 * `undefined` while the best hill is not exhausted, and where nothing is left.
 */
export function findNiche(
  pool: CandidatePool,
  belief: PoolBelief,
  eligible: Uint8Array,
): Niche | undefined {
  const { gp } = belief;
  const fitted = gp.fitted();
  const outside = eligible.slice();
  const results = new Set(gp.points.keys());
  for (let hill = 0; hill <= HILLS_max; hill++) {
    let best = -1;
    for (const i of results) if (best < 0 || (fitted[i] ?? 0) > (fitted[best] ?? 0)) best = i;
    const top = gp.points[best];
    if (top === undefined) return undefined;
    const incumbent = fitted[best] ?? 0;
    const enough = hill === 0 ? LOG_GAIN_min : LOG_GAIN_min_lower;
    if (isPromising(belief, incumbent, outside, enough))
      return hill === 0 ? undefined : { eligible: outside, incumbent };
    const belongs = (point: Float64Array): boolean =>
      correlation(gp.kind, squaredDistance(point, top)) > CORRELATION_max;
    for (const i of results) if (belongs(gp.points[i] ?? top)) results.delete(i);
    leaveOut(pool, belief, outside, belongs);
  }
  return undefined;
}

/** True where the log gain of an open candidate exceeds `enough`; the likeliest of all is asked first. */
function isPromising(
  belief: PoolBelief,
  incumbent: number,
  open: Uint8Array,
  enough: number,
): boolean {
  let isFound = false;
  belief.visitPromising(open, {
    mayWin: (mean, variance) => !isFound && logGainCeiling(mean - incumbent, variance) >= enough,
    visit: (_, mean, variance) => {
      isFound ||= logImprovement(mean, variance, incumbent) > enough;
    },
  });
  return isFound;
}

function leaveOut(
  { inputs }: CandidatePool,
  { gp }: PoolBelief,
  open: Uint8Array,
  belongs: (point: Float64Array) => boolean,
): void {
  const { count, columns, values } = inputs;
  const point = new Float64Array(columns);
  for (let n = 0; n < count; n++) {
    if (open[n] === 0) continue;
    for (let c = 0; c < columns; c++) {
      const width = gp.theta.widths[gp.groups[c] ?? 0] ?? 1;
      point[c] = (values[c * count + n] ?? 0) / width;
    }
    if (belongs(point)) open[n] = 0;
  }
}
