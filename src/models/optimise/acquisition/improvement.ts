import {
  expectedExcess,
  logExpectedExcess,
  logNormalCdf,
  normalCdf,
} from "../../../numeric/normal-distribution.ts";
import type { Belief } from "./belief.ts";

/** Below this largest value the linear scores are too near underflow to rank candidates, and logarithms are taken. */
const LINEAR_min = 1e-200;

/**
 * Log expected improvement over the incumbent of each draw, averaged over draws:
 * ln mean_k s h((mean_k - incumbent_k)/s), h(z) = phi(z) + z Phi(z). Finite for every candidate, so distant ones are
 * still ranked (S. Ament et al., NeurIPS 2023). Cost N per draw, about 40 ns each.
 */
export function logExpectedImprovement(
  belief: Belief,
  incumbents: ArrayLike<number>,
): Float64Array {
  return logMean(
    belief,
    incumbents,
    (mean, sd, incumbent) => sd * expectedExcess((mean - incumbent) / sd),
    (mean, sd, incumbent) => Math.log(sd) + logExpectedExcess((mean - incumbent) / sd),
  );
}

/** Log probability of improvement by more than `margin` (standardised), averaged over draws. */
export function logProbabilityOfImprovement(
  belief: Belief,
  incumbents: ArrayLike<number>,
  margin: number,
): Float64Array {
  return logMean(
    belief,
    incumbents,
    (mean, sd, incumbent) => normalCdf((mean - incumbent - margin) / sd),
    (mean, sd, incumbent) => logNormalCdf((mean - incumbent - margin) / sd),
  );
}

type Score = (mean: number, sd: number, incumbent: number) => number;

/** ln of the mean over draws; a candidate whose linear value underflows takes the largest logarithm of its draws. */
function logMean(
  belief: Belief,
  incumbents: ArrayLike<number>,
  linear: Score,
  logarithm: Score,
): Float64Array {
  const { means, variance } = belief;
  const out = new Float64Array(variance.length);
  const draws = means.length;
  for (let n = 0; n < out.length; n++) {
    const sd = Math.sqrt(variance[n] ?? 0);
    let sum = 0;
    for (let k = 0; k < draws; k++) sum += linear(means[k]?.[n] ?? 0, sd, incumbents[k] ?? 0);
    if (sum > LINEAR_min) {
      out[n] = Math.log(sum / draws);
      continue;
    }
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < draws; k++)
      most = Math.max(most, logarithm(means[k]?.[n] ?? 0, sd, incumbents[k] ?? 0));
    out[n] = most - Math.log(draws);
  }
  return out;
}

/** Upper confidence bound mean + kappa sd, averaged over draws (N. Srinivas et al., IEEE Trans. Inf. Theory 58, 3250 (2012)). */
export function upperConfidenceBound(belief: Belief, kappa: number): Float64Array {
  const { means, variance } = belief;
  return variance.map((v, n) => {
    let sum = 0;
    for (const mean of means) sum += mean[n] ?? 0;
    return sum / means.length + kappa * Math.sqrt(v);
  });
}
