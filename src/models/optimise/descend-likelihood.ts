import {
  type CurvaturePair,
  type LbfgsResult,
  minimiseLbfgs,
  type Objective,
} from "../../numeric/l-bfgs.ts";

/** Likelihood calls: on a part of the rows, from the last optimum, from the prior's centre. */
const CALLS_part = 25;
const CALLS_warm = 30;
const CALLS_centre = 25;
/** Log density that a step must promise: of the part, which only tells the curvature, and of the whole. */
const GAIN_part = 1e-2;
const GAIN_min = 1e-3;
/** So near the first optimum, in log density and in every logarithm, the second start is on its way to it. */
const NEAR_value = 1;
const NEAR_ln = 0.3;

export interface TwoStarts {
  /** Minus the log density of all rows, and of some of them. */
  readonly whole: Objective;
  readonly part: Objective;
  /** All rows over those. */
  readonly ratio: number;
  readonly warm: Float64Array;
  readonly centre: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * The better of the minima below the last optimum and below the prior's centre. The likelihood has long curved valleys: the curvature there
 * is learnt on a part of the rows, where a call costs ratio^-3, and grows with their number; with it the descent takes some ten calls
 * instead of thirty. The second start, which is there to find another valley, ends where it enters the first (docs/decisions/0376).
 */
export function descendFromTwo(starts: TwoStarts): { best: LbfgsResult; calls: number } {
  const { whole, part, ratio, warm, centre, lower, upper } = starts;
  const box = { lower, upper, gradient_max: 1e-3 };
  const learnt = minimiseLbfgs(part, warm, {
    ...box,
    evaluations_max: CALLS_part,
    gain_min: GAIN_part,
  });
  const first = minimiseLbfgs(whole, warm, {
    ...box,
    evaluations_max: CALLS_warm,
    gain_min: GAIN_min,
    curvature: learnt.curvature.map((pair) => scaled(pair, ratio)),
  });
  const second = minimiseLbfgs(whole, centre, {
    ...box,
    evaluations_max: CALLS_centre,
    isEnough: (x, value) =>
      value - first.value <= NEAR_value && x.every((v, i) => Math.abs(v - first.x[i]!) <= NEAR_ln),
  });
  // A start whose matrix cannot be factored has the value Infinity.
  const best = second.value < first.value ? second : first;
  return { best, calls: learnt.evaluations + first.evaluations + second.evaluations };
}

function scaled({ s, y, rho }: CurvaturePair, ratio: number): CurvaturePair {
  return { s, y: y.map((v) => v * ratio), rho: rho / ratio };
}
