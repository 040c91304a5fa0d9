import {
  expectedExcess,
  logExpectedExcess,
  logNormalCdf,
  normalCdf,
} from "../../../numeric/normal-distribution.ts";
import type { Belief, Contest } from "./belief.ts";

/** Below this largest value the linear scores are too near underflow to rank candidates, and logarithms are taken. */
const LINEAR_min = 1e-200;

/**
 * Log expected improvement over the incumbent of each draw, averaged over draws:
 * ln mean_k s h((mean_k - incumbent_k)/s), h(z) = phi(z) + z Phi(z). Finite for every candidate, so distant ones are
 * still ranked (S. Ament et al., NeurIPS 2023). Cost N per draw, about 40 ns each; in a contest N, and the draws of few candidates.
 *
 * @param contest where only the best is asked for: candidates that cannot win get an upper bound of their score instead
 */
export function logExpectedImprovement(
  belief: Belief,
  incumbents: ArrayLike<number>,
  contest?: Contest,
): Float64Array {
  if (belief.means.length === 1) return logImprovementOfOne(belief, incumbents[0] ?? 0);
  return logMean({ belief, incumbents, ...IMPROVEMENT }, contest);
}

/** The same where nothing is in flight, as a plain loop: half of the time, the same bits. */
function logImprovementOfOne({ means, variance }: Belief, incumbent: number): Float64Array {
  const mean = means[0]!;
  const out = new Float64Array(variance.length);
  for (let n = 0; n < out.length; n++) out[n] = logImprovement(mean[n]!, variance[n]!, incumbent);
  return out;
}

/** Log expected improvement of one candidate. */
export function logImprovement(mean: number, variance: number, incumbent: number): number {
  const sd = Math.sqrt(variance);
  const z = (mean - incumbent) / sd;
  const gain = sd * expectedExcess(z);
  return gain > LINEAR_min ? Math.log(gain) : Math.log(sd) + logExpectedExcess(z);
}

/**
 * Never below the log expected improvement of a mean `above` the incumbent, and made without exponentials: h(z) <= phi(z) for
 * z <= 0 and ln s <= s - 1. Infinity for z > 0.
 */
export function logGainCeiling(above: number, variance: number): number {
  if (above > 0) return Number.POSITIVE_INFINITY;
  return CEILING_shift + Math.sqrt(variance) - (0.5 * above * above) / variance;
}

/** -1 - ln sqrt(2 pi), and more than rounding can take away. */
const CEILING_shift = -1.918;

/** Log probability of improvement by more than `margin` (standardised), averaged over draws. */
export function logProbabilityOfImprovement(
  belief: Belief,
  incumbents: ArrayLike<number>,
  margin: number,
  contest?: Contest,
): Float64Array {
  const linear: Score = (mean, sd, incumbent) => normalCdf((mean - incumbent - margin) / sd);
  const logarithm: Score = (mean, sd, incumbent) => logNormalCdf((mean - incumbent - margin) / sd);
  return logMean({ belief, incumbents, linear, logarithm }, contest);
}

/** Grows with the mean and falls with the incumbent. */
type Score = (mean: number, sd: number, incumbent: number) => number;

interface Average {
  readonly belief: Belief;
  readonly incumbents: ArrayLike<number>;
  readonly linear: Score;
  readonly logarithm: Score;
}

const IMPROVEMENT: Pick<Average, "linear" | "logarithm"> = {
  linear: (mean, sd, incumbent) => sd * expectedExcess((mean - incumbent) / sd),
  logarithm: (mean, sd, incumbent) => Math.log(sd) + logExpectedExcess((mean - incumbent) / sd),
};

/** ln of the mean over draws of every candidate, or of those that may be the best. */
function logMean(average: Average, contest: Contest | undefined): Float64Array {
  const { means, variance } = average.belief;
  // With one draw a bound costs as much as the score.
  if (contest !== undefined && means.length > 1) return logMeanOfBest(average, contest);
  return variance.map((_, n) => logMeanAt(average, n));
}

/** A candidate whose linear value underflows takes the largest logarithm of its draws. */
function logMeanAt({ belief, incumbents, linear, logarithm }: Average, n: number): number {
  const { means, variance } = belief;
  const draws = means.length;
  const sd = Math.sqrt(variance[n] ?? 0);
  let sum = 0;
  for (let k = 0; k < draws; k++) sum += linear(means[k]?.[n] ?? 0, sd, incumbents[k] ?? 0);
  if (sum > LINEAR_min) return Math.log(sum / draws);
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < draws; k++)
    most = Math.max(most, logarithm(means[k]?.[n] ?? 0, sd, incumbents[k] ?? 0));
  return most - Math.log(draws);
}

/** A bound of a score (standardised, or its logarithm) must lose by more than its rounding, some 1e-13. */
export const BOUND_slack = 1e-6;

/**
 * Exact where a candidate may be the best; elsewhere the score of its luckiest draw, which no mean over draws exceeds and which is
 * below the best already: the largest sum of score and weights, and whatever ties with it, are the same.
 */
function logMeanOfBest(average: Average, { eligible, weights }: Contest): Float64Array {
  const out = luckiestDraws(average);
  const weightOf = (n: number): number => weights.reduce((sum, w) => sum + (w[n] ?? 0), 0);
  let likely = -1;
  let top = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < out.length; n++) {
    const bound = eligible[n] === 0 ? Number.NEGATIVE_INFINITY : out[n]! + weightOf(n);
    if (bound > top) [likely, top] = [n, bound];
  }
  let best = likely < 0 ? top : logMeanAt(average, likely) + weightOf(likely);
  for (let n = 0; n < out.length; n++) {
    if (eligible[n] === 0 || out[n]! + weightOf(n) < best - BOUND_slack) continue;
    out[n] = logMeanAt(average, n);
    best = Math.max(best, out[n]! + weightOf(n));
  }
  return out;
}

/** Log score of the draw in which a candidate exceeds the incumbent by most. */
function luckiestDraws({ belief, incumbents, linear, logarithm }: Average): Float64Array {
  const { means, variance } = belief;
  const lead = new Float64Array(variance.length).fill(Number.NEGATIVE_INFINITY);
  for (const [k, mean] of means.entries()) {
    const incumbent = incumbents[k] ?? 0;
    for (let n = 0; n < lead.length; n++) {
      const ahead = mean[n]! - incumbent;
      if (ahead > lead[n]!) lead[n] = ahead;
    }
  }
  return lead.map((ahead, n) => {
    const sd = Math.sqrt(variance[n] ?? 0);
    const value = linear(ahead, sd, 0);
    return value > LINEAR_min ? Math.log(value) : logarithm(ahead, sd, 0);
  });
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
