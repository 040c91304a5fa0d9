import { descend } from "../../../numeric/levenberg-marquardt.ts";
import { symmetricEigen } from "../../../numeric/symmetric-eigen.ts";
import type { ModelEstimate } from "../estimate/estimate.ts";
import { approximateMode } from "../estimate/posterior-modes.ts";
import { type Calculation, distanceIn, widthsOf } from "./calculation.ts";

/** Longest step of the frontier, in box widths; shorter ones are left to interpolation. */
export const FRONTIER_STEP = 0.04;
const STEP_MIN = 0.004;
/** A step is this share of the direction's standard error. */
const STEP_SHARE = 0.6;
const CANDIDATES_MAX = 12;

/**
 * Where the posterior may reach beyond the calculations. Emulated curves err most far from a calculation, and an error
 * makes chi^2 too large: on them alone, a long valley would end where the calculations do. So from each calculation
 * within the posterior its own Gauss-Newton ellipsoid, from slopes, steps along the soft directions; a step that ends
 * far from every calculation, where curves are doubtful, is on the frontier.
 */
export function findFrontier(
  inside: readonly Calculation[],
  calculated: readonly Calculation[],
  estimate: ModelEstimate,
  isDoubtful: (x: Float64Array) => boolean,
): Float64Array[] {
  const { problem } = estimate;
  const { low, high } = problem.map;
  const widths = widthsOf(problem.map);
  const known = calculated.map((one) => one.x);
  const found: Float64Array[] = [];
  for (const one of inside) {
    for (const step of softSteps(one, estimate, widths)) {
      for (const sign of [1, -1]) {
        if (found.length === CANDIDATES_MAX) return found;
        const straight = one.x.map((v, k) => v + sign * step[k]!);
        if (straight.some((v, k) => v < low[k]! || v > high[k]!)) continue;
        const length = distanceIn(widths, straight, one.x);
        const isKnown = (x: Float64Array): boolean =>
          [...known, ...found].some((other) => distanceIn(widths, other, x) < 0.5 * length);
        if (isKnown(straight)) continue;
        const x = descendToFloor(straight, one.x, estimate);
        if (!isKnown(x) && isDoubtful(x)) found.push(x);
      }
    }
  }
  return found;
}

/** Steps along the directions of the local Gaussian that are long enough to leave the slopes' range. */
function softSteps(
  one: Calculation,
  { problem, prior, beta }: ModelEstimate,
  widths: Float64Array,
): Float64Array[] {
  const n = widths.length;
  const curvature = new Float64Array(n * n);
  for (let l = 0; l < one.values.length; l++) {
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        const product = one.slopes[l * n + a]! * one.slopes[l * n + b]!;
        curvature[a * n + b] = curvature[a * n + b]! + product / problem.scales[l]! ** 2;
      }
    }
  }
  problem.map.priors.forEach((kind, k) => {
    if (kind === "L2") curvature[k * n + k] = curvature[k * n + k]! + prior.lambda / beta;
  });
  const { precision } = approximateMode({ x: one.x, chi2: 0, curvature }, beta, prior);
  // in box widths, so that eigenvectors mean the same for every coupling
  const scaled = precision.map((value, i) => value * widths[Math.floor(i / n)]! * widths[i % n]!);
  const { values, vectors } = symmetricEigen(scaled, n, { vectors: true });
  return Array.from({ length: n }, (_, v) => {
    const deviation = 1 / Math.sqrt(Math.max(values[v]!, 1e-300));
    const length = Math.min(FRONTIER_STEP, STEP_SHARE * deviation);
    return { length, step: widths.map((width, k) => width * length * vectors![v * n + k]!) };
  })
    .filter(({ length }) => length >= STEP_MIN)
    .map(({ step }) => step);
}

/** The emulated valley's floor across the step: the coupling that moved most is held. */
function descendToFloor(
  x: Float64Array,
  from: Float64Array,
  { problem, prior, beta }: ModelEstimate,
): Float64Array {
  const { low, high } = problem.map;
  const moved = x.map((v, k) => Math.abs(v - from[k]!) / (high[k]! - low[k]!));
  const along = moved.indexOf(Math.max(...moved));
  const held = { low: low.slice(), high: high.slice() };
  held.low[along] = x[along]!;
  held.high[along] = x[along]!;
  const least = { ...problem.leastSquares(prior.lambda / beta), ...held };
  const floor = descend(least, x, { evaluations_max: 12, fall_min: 1e-3 }).x;
  const widths = widthsOf(problem.map);
  // far away the emulated floor is an artefact: the straight step is the better guess
  return distanceIn(widths, floor, x) < 0.5 * distanceIn(widths, x, from) ? floor : x;
}
