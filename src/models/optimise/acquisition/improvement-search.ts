import type { PoolBelief } from "../surrogate-model.ts";
import type { Contest } from "./belief.ts";
import { logGainCeiling, logImprovement } from "./improvement.ts";

/** A bound must lose by more than its rounding. */
const BOUND_slack = 1e-6;

/**
 * Log expected improvement of the candidates that may be the best of a contest, NaN of those that cannot: the largest sum of
 * score and weights, and whatever ties with it, are those of {@link logExpectedImprovement}, to the bit.
 */
export function logImprovementOfBest(
  belief: PoolBelief,
  incumbent: number,
  { eligible, weights }: Contest,
): Float64Array {
  const out = new Float64Array(belief.count).fill(Number.NaN);
  const weightOf = (n: number): number => weights.reduce((sum, w) => sum + (w[n] ?? 0), 0);
  const most = weights.reduce((sum, w) => sum + largest(w, eligible), 0);
  let best = Number.NEGATIVE_INFINITY;
  belief.visitPromising(eligible, {
    mayWin: (mean, variance) =>
      !(logGainCeiling(mean - incumbent, variance) + most < best - BOUND_slack),
    visit: (n, mean, variance) => {
      out[n] = logImprovement(mean, variance, incumbent);
      best = Math.max(best, out[n]! + weightOf(n));
    },
  });
  return out;
}

function largest(values: Float64Array, eligible: Uint8Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < values.length; n++)
    if (eligible[n] === 1 && values[n]! > most) most = values[n]!;
  return most;
}
