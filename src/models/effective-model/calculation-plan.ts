import type { Prng } from "../../core/prng.ts";
import { descend } from "../../numeric/levenberg-marquardt.ts";
import type { Calculation } from "./curve-emulator.ts";
import type { EmulatedPosterior } from "./emulated-posterior.ts";
import { type EstimationProblem, emulateProblem } from "./estimation-problem.ts";
import type { EstimationSpec } from "./estimation-spec.ts";
import { latinHypercube } from "./latin-hypercube.ts";
import { createPosteriorEmulator } from "./posterior-emulator.ts";
import { FRONTIER_STEP } from "./posterior-frontier.ts";
import { thin } from "./posterior-summary.ts";
import { nextBySurrogate } from "./surrogate-screening.ts";

/** What is known when the next forward calculations are chosen. */
export interface PlanRequest {
  readonly spec: EstimationSpec;
  /** Of the first model, with the data's scales. */
  readonly problem: EstimationProblem;
  readonly calculated: readonly Calculation[];
  /** Couplings that are being calculated. */
  readonly pending: readonly Float64Array[];
  readonly count: number;
  /** The design's stream: the same at every request. */
  readonly design: Prng;
  readonly prng: Prng;
  /** The posterior from what has been calculated; asked for once the search is over. */
  readonly posterior: () => EmulatedPosterior;
}

/** Coupling vectors to calculate next; `posterior` once the search is over. */
export interface CalculationPlan {
  readonly points: readonly PlannedCalculation[];
  readonly stage: "design" | "search" | "posterior";
  readonly posterior?: EmulatedPosterior;
}

export interface PlannedCalculation {
  readonly x: Float64Array;
  /** Larger was chosen first; only comparable within one reason. */
  readonly score: number;
  readonly why: string;
}

/** Calculations of the space-filling start and of the whole search, per coupling. */
const DESIGN_PER_COUPLING = 25;
const SEARCH_PER_COUPLING = 60;
/** Best calculations that a descent may start from, and how far apart they must lie in the unit box. */
const FRONTS = 30;
const APART = 0.1;
/** Basins may lie as close as this; every third descent starts from a point that is only so far from a better one. */
const CLOSE_APART = 0.03;
/** Basins that are descended at a time, those already at their ends not counted. */
const OPEN_DESCENTS_MAX = 45;
/** A descent goes at most this far (in box widths) from its start: beyond, linear extrapolation is a guess. */
const TRUST = 0.2;
/** A descent is at its end when chi^2 is expected to fall by less than this many sigma^2. */
const FALL_MIN = 0.3;
/** After the search only basins this close to the best (in sigma^2) are descended further. */
const RIVAL_CHI2 = 60;

/**
 * The next forward calculations of an estimation whose calculations are dear. First a space-filling design; then, half
 * and half, Bayesian optimisation of ln chi^2 and steepest descent on curves emulated from the calculations' slopes
 * (R. Tamura, K. Hukushima, PLoS ONE 13, e0193785 (2018): optimisation, then descent); at last where the emulated
 * posterior is least certain of its curves, until it may be trusted.
 */
export function planCalculations(request: PlanRequest): CalculationPlan {
  const { problem, calculated, pending, count } = request;
  const n = problem.map.free.length;
  const designed = DESIGN_PER_COUPLING * n;
  const begun = calculated.length + pending.length;
  if (calculated.length < Math.min(designed, 3 * n) || begun < designed)
    return { points: design(request, designed, begun), stage: "design" };
  // asked between the results of a batch: there is nothing to decide yet
  if (count === 0 && pending.length > 0) return { points: [], stage: "search" };
  const ranked = rank(problem, calculated);
  const isSearching = !isSearchOver(problem, begun);
  const descents = followDescents(request, ranked, isSearching);
  if (isSearching) {
    const falls = descents.slice(0, Math.ceil(count / 2));
    const explored = explore(request, ranked, count - falls.length);
    return { points: [...falls, ...explored], stage: "search" };
  }
  if (count > 0 && descents.length >= count)
    return { points: descents.slice(0, count), stage: "search" };
  const posterior = request.posterior();
  if (posterior.isTrusted) return { points: [], stage: "posterior", posterior };
  const grown = growPosterior(request, posterior).slice(0, count - descents.length);
  const begunNow = [...descents, ...grown];
  const left = { ...request, count: count - begunNow.length };
  const points = [...begunNow, ...improvePosterior(left, posterior)];
  return { points, stage: "posterior", posterior };
}

/** True where so many calculations are enough of a search: the posterior is next. */
export function isSearchOver({ map }: EstimationProblem, calculations: number): boolean {
  return calculations >= SEARCH_PER_COUPLING * map.free.length;
}

interface Ranked extends Calculation {
  readonly chi2: number;
}

function rank(problem: EstimationProblem, calculated: readonly Calculation[]): Ranked[] {
  return calculated
    .map((one) => {
      let chi2 = 0;
      one.values.forEach((value, l) => {
        chi2 += ((value - problem.values[l]!) / problem.scales[l]!) ** 2;
      });
      return { ...one, chi2 };
    })
    .sort((a, b) => a.chi2 - b.chi2);
}

function design(request: PlanRequest, designed: number, begun: number): PlannedCalculation[] {
  const { low, high } = request.problem.map;
  const points = latinHypercube(low, high, designed, request.design);
  const extra = latinHypercube(low, high, request.count, request.prng);
  const why = "Fills the space of the couplings before the model chooses.";
  return Array.from({ length: request.count }, (_, k) => ({
    x: points[begun + k] ?? extra[k]!,
    score: 0,
    why,
  }));
}

/** Ends of descents on the emulated curves from the best calculations of each basin, the largest promise first. */
function followDescents(
  request: PlanRequest,
  ranked: readonly Ranked[],
  isSearching: boolean,
): PlannedCalculation[] {
  const { problem, calculated, pending, spec } = request;
  const { low, high } = problem.map;
  const widths = low.map((from, k) => high[k]! - from);
  const unit = noiseOf(problem, ranked[0]!.chi2);
  const beta = 1 / (2 * unit);
  const { emulator } = createPosteriorEmulator({
    ...{ ranked, scales: problem.scales, beta, low, high },
  });
  const noise = { scales: problem.scales, known: problem.isNoiseKnown };
  const least = emulateProblem(problem, emulator, spec.curves, noise).leastSquares(0);
  const best = ranked[0]!.chi2;
  const far = pickFronts(ranked, widths, APART);
  const close = pickFronts(ranked, widths, CLOSE_APART).filter((front) => !far.includes(front));
  const ends: { x: Float64Array; fall: number; chi2: number; isFar: boolean }[] = [];
  for (const front of [...far, ...close]) {
    if (ends.length === OPEN_DESCENTS_MAX) break;
    if (!isSearching && front.chi2 - best > RIVAL_CHI2 * unit) break;
    const held = {
      low: low.map((from, k) => Math.max(from, front.x[k]! - TRUST * widths[k]!)),
      high: high.map((to, k) => Math.min(to, front.x[k]! + TRUST * widths[k]!)),
    };
    const end = descend({ ...least, ...held }, front.x, { evaluations_max: 30, fall_min: 1e-4 });
    const fall = (front.chi2 - end.chi2) / unit;
    const isTaken = [...pending, ...calculated.map((one) => one.x)].some(
      (x) => distance(x, end.x, widths) < 1e-6,
    );
    if (!isTaken && fall > FALL_MIN)
      ends.push({ x: end.x, fall, chi2: end.chi2, isFar: far.includes(front) });
  }
  ends.sort((a, b) => a.chi2 - b.chi2);
  const distant = keepDistinct(
    ends.filter((end) => end.isFar),
    widths,
    APART / 2,
  );
  const nearby = keepDistinct(ends, widths, CLOSE_APART / 2).filter(
    (end) => !distant.includes(end),
  );
  return interleave(distant, nearby).map(({ x, fall }) => ({
    x,
    score: fall,
    why: `Descends: chi2 should fall by ${fall.toPrecision(3)} sigma^2.`,
  }));
}

/** Ends in different basins: of those close together the best. */
function keepDistinct<T extends { readonly x: Float64Array }>(
  ends: readonly T[],
  widths: Float64Array,
  apart: number,
): T[] {
  const kept: T[] = [];
  for (const end of ends)
    if (kept.every((other) => distance(other.x, end.x, widths) > apart)) kept.push(end);
  return kept;
}

/** Two of the first list, one of the second, and so on. */
function interleave<T>(first: readonly T[], second: readonly T[]): T[] {
  const out: T[] = [];
  for (let k = 0; k < Math.max(first.length / 2, second.length); k++)
    out.push(...first.slice(2 * k, 2 * k + 2), ...second.slice(k, k + 1));
  return out;
}

function pickFronts(ranked: readonly Ranked[], widths: Float64Array, apart: number): Ranked[] {
  const fronts: Ranked[] = [];
  for (const one of ranked) {
    if (fronts.length === FRONTS) break;
    if (fronts.every((other) => distance(other.x, one.x, widths) > apart)) fronts.push(one);
  }
  return fronts;
}

function explore(
  request: PlanRequest,
  ranked: readonly Ranked[],
  count: number,
): PlannedCalculation[] {
  if (count === 0) return [];
  const { points } = nextBySurrogate(ranked, request.problem.map, count, request.prng, {
    local: true,
  });
  const why = "Lowest confidence bound of ln chi2: Bayesian optimisation.";
  return points.map((x) => ({ x, score: 0, why }));
}

/** The frontier without what is under way. */
function growPosterior(request: PlanRequest, posterior: EmulatedPosterior): PlannedCalculation[] {
  const { low, high } = request.problem.map;
  const widths = low.map((from, k) => high[k]! - from);
  const why = "The slopes say that the posterior reaches here, where nothing was calculated.";
  return posterior.frontier
    .filter((x) => request.pending.every((other) => distance(x, other, widths) > FRONTIER_STEP / 2))
    .map((x) => ({ x, score: 0, why }));
}

/** Samples about whose curves the calculations disagree most, apart from each other and from what is under way. */
function improvePosterior(
  request: PlanRequest,
  posterior: EmulatedPosterior,
): PlannedCalculation[] {
  const { count, pending } = request;
  const samples = thin(posterior.estimate.samples, 300);
  const n = request.problem.map.free.length;
  const spreads = Float64Array.from({ length: n }, (_, k) => deviation(samples.map((x) => x[k]!)));
  const doubts = samples.map((x) => posterior.doubtAt(x));
  const chosen: PlannedCalculation[] = [];
  while (chosen.length < count) {
    const others = [...pending, ...chosen.map((one) => one.x)];
    let best = -1;
    let most = 0;
    samples.forEach((x, s) => {
      const nearest = Math.min(...others.map((other) => distance(x, other, spreads)), 100);
      const score = doubts[s]! * (1 - Math.exp(-nearest * nearest));
      if (score > most) {
        most = score;
        best = s;
      }
    });
    if (best < 0) break;
    const doubt = doubts[best]!.toPrecision(2);
    const why = `The curves here are foretold to ${doubt} sigma^2 of chi2: makes the posterior surer.`;
    chosen.push({ x: samples[best]!, score: most, why });
  }
  return chosen;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.max(1e-12, Math.sqrt(squares / values.length));
}

/** sigma^2 in units of the scales: 1, or from the best fit so far. */
function noiseOf(problem: EstimationProblem, bestChi2: number): number {
  if (problem.isNoiseKnown) return 1;
  return Math.max(1e-300, bestChi2 / Math.max(1, problem.values.length - problem.map.free.length));
}

function distance(a: Float64Array, b: Float64Array, widths: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < a.length; k++) squares += ((a[k]! - b[k]!) / widths[k]!) ** 2;
  return Math.sqrt(squares);
}
