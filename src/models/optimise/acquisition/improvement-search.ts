import type { PoolBelief } from "../surrogate-model.ts";
import type { Contest } from "./belief.ts";
import { BOUND_slack, logGainCeiling, logImprovement } from "./improvement.ts";

/**
 * Log expected improvement of the candidates that may be the best of a contest, NaN of those that cannot: the largest sum of
 * score and weights, and whatever ties with it, are those of {@link logExpectedImprovement}, to the bit. A candidate cannot win where
 * its {@link logGainCeiling} and the largest weight lose against the best so far.
 *
 * @param incumbent largest mean so far, standardised as the belief
 * @returns N logarithms of standardised gains. Cost N for the ceilings; 40 ns and what the belief takes for each that may win
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
