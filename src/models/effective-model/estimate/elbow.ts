import type { Descent } from "../../../numeric/levenberg-marquardt.ts";
import type { EstimationProblem } from "./estimation-problem.ts";
import { followModes } from "./mode-search.ts";

/** The maximum a posteriori for one strength c = 2 sigma^2 lambda of the prior. */
export interface ElbowPoint {
  /** 2 sigma^2 lambda: chi^2 + strength x penalty is minimised. */
  readonly strength: number;
  readonly x: Float64Array;
  readonly chi2: number;
  /** 2 sigma^2 E(x*) = chi^2 + strength x penalty. */
  readonly energy: number;
}

export interface Elbow {
  readonly points: readonly ElbowPoint[];
  /** Index of the point where the prior begins to rule. */
  readonly at: number;
}

const STEPS_A_DECADE = 3;
/** Decades that the grid reaches below the strength where the penalty of the best fit equals its chi^2. */
const DECADES_BELOW = 4;
const MODES_MAX = 4;

/**
 * Follows the best modes along c and takes the elbow of 2 sigma^2 E(x*) in log-log: flat while the data rule, rising
 * when the prior does; the elbow is the point furthest below the chord of the curve's ends among those whose couplings
 * the data still accept: chi^2 above its minimum by no more than one unit of 2 sigma^2. (Without that
 * condition a prior can tip the balance to a basin that fits worse: with the wrong sign of J4 in the shared task.)
 */
export function findElbow(
  problem: EstimationProblem,
  optima: readonly Descent[],
  penalty: (x: Float64Array) => number,
): Elbow {
  const [best] = optima;
  if (best === undefined) return { points: [], at: -1 };
  const size = Math.max(penalty(best.x), 1e-12);
  const nothing = problem.chi2(new Float64Array(best.x.length));
  const from = Math.log10(Math.max(best.chi2, 1e-300) / size) - DECADES_BELOW;
  const to = Math.max(from + 7, Math.log10(nothing / size) + 1);
  const count = Math.round((to - from) * STEPS_A_DECADE);
  let followed = optima.slice(0, MODES_MAX).map((optimum) => optimum.x);
  const points: ElbowPoint[] = [];
  for (let k = 0; k <= count; k++) {
    const strength = 10 ** (from + k / STEPS_A_DECADE);
    const ends = followModes(problem, followed, strength);
    followed = ends.map((end) => end.x);
    const lowest = ends[0]!;
    points.push({ strength, x: lowest.x, chi2: lowest.chi2, energy: lowest.objective });
  }
  const free = Math.max(1, problem.values.length - best.x.length);
  const acceptable = best.chi2 * (1 + 2 / free);
  return { points, at: furthestBelowChord(points, acceptable) };
}

function furthestBelowChord(points: readonly ElbowPoint[], chi2_max: number): number {
  const first = points.at(0);
  const last = points.at(-1);
  if (first === undefined || last === undefined) return -1;
  const height = (p: ElbowPoint): number => Math.log10(Math.max(p.energy, 1e-300));
  const place = (p: ElbowPoint): number => Math.log10(p.strength);
  const slope = (height(last) - height(first)) / (place(last) - place(first));
  let at = 0;
  let deepest = -Infinity;
  points.forEach((point, k) => {
    const depth = height(first) + slope * (place(point) - place(first)) - height(point);
    if (depth > deepest && point.chi2 <= chi2_max) {
      deepest = depth;
      at = k;
    }
  });
  return at;
}
