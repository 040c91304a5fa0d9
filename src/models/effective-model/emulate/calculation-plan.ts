import type { Prng } from "../../../core/prng.ts";
import type { EstimationProblem } from "../estimate/estimation-problem.ts";
import type { EstimationSpec } from "../estimate/estimation-spec.ts";
import { checkFit, type FitCheck } from "../estimate/fit-check.ts";
import { thin } from "../estimate/posterior-summary.ts";
import { nextBySurrogate } from "../estimate/surrogate-screening.ts";
import { type Calculation, distanceIn, type PlannedCalculation, widthsOf } from "./calculation.ts";
import { type RaceEnd, type RaceState, raceOnKnown } from "./calculation-race.ts";
import { followDescents, noiseOf, type Ranked, rank } from "./emulated-descents.ts";
import type { EmulatedPosterior } from "./emulated-posterior.ts";
import { FRONTIER_STEP } from "./posterior-frontier.ts";

/** What is known when the next forward calculations are chosen. */
export interface PlanRequest {
  readonly spec: EstimationSpec;
  /** Of the first model, with the data's scales. */
  readonly problem: EstimationProblem;
  readonly calculated: readonly Calculation[];
  /** Couplings that are being calculated. */
  readonly pending: readonly Float64Array[];
  /** Couplings whose calculation failed. */
  readonly failed: readonly Float64Array[];
  readonly count: number;
  /** Calculations that may be made in all. */
  readonly calculations_max: number;
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
  readonly search: SearchState;
}

/** The race, and what speaks for its best end being the global one. */
export interface SearchState extends RaceState {
  /** Descents, from starts that lie apart, that ended at the best. */
  readonly arrivals: number;
  /** Of the best calculation; absent before the first. */
  readonly fit: FitCheck | undefined;
}

/** The most rounds of the search: where noise explains the best fit, and where it doesn't. */
const ROUNDS_MAX = 2;
const ROUNDS_UNEXPLAINED_MAX = 3;
/** How many descents must have found the best end for one round to be enough: the global basin may be a narrow one. */
export const ARRIVALS_MIN = 2;
/** Ends are the same fit where chi^2 differs by less than this many sigma^2. */
const SAME_CHI2 = 10;
/** Calculations kept for the posterior, and the fewest that a further round of the search is worth, per coupling. */
const RESERVED_PER_COUPLING = 12;
const ROUND_PER_COUPLING = 20;
/** The surrogate of ln chi^2 learns from so many, the best. */
const LEARNT_MAX = 250;
/** Of a batch that the race leaves free, this share is filled by emulated descents and Bayesian optimisation. */
const FILLED_SHARE = 0.25;

/**
 * The next forward calculations of an estimation whose calculations are dear. First the search of the direct estimate:
 * a space-filling screen and a race of descents (see {@link raceOnKnown}), repeated until the best end was reached from
 * several starts and the noise explains what it leaves of the data; runners that the race leaves idle do Bayesian
 * optimisation of ln chi^2 and descents on emulated curves (R. Tamura, K. Hukushima, PLoS ONE 13, e0193785 (2018)). At
 * last where the emulated posterior is least certain of its curves, until it may be trusted.
 */
export function planCalculations(request: PlanRequest): CalculationPlan {
  const { calculated, pending, count } = request;
  const search = searchOn(request);
  const ranked = rank(request.problem, calculated);
  if (!search.isOver) return { ...planSearch(request, ranked, search), search };
  // asked between the results of a batch: there is nothing to decide yet
  if (count === 0 && pending.length > 0) return { points: [], stage: "search", search };
  const descents = followDescents(request, ranked, "rivals");
  if (count > 0 && descents.length >= count)
    return { points: descents.slice(0, count), stage: "search", search };
  const posterior = request.posterior();
  if (posterior.isTrusted) return { points: [], stage: "posterior", posterior, search };
  const grown = growPosterior(request, posterior).slice(0, count - descents.length);
  const begunNow = [...descents, ...grown];
  const left = { ...request, count: count - begunNow.length };
  const points = [...begunNow, ...improvePosterior(left, posterior)];
  return { points, stage: "posterior", posterior, search };
}

/** How far the search has come on what is known. */
export function searchOn(
  request: Pick<
    PlanRequest,
    "spec" | "problem" | "calculated" | "pending" | "failed" | "design" | "calculations_max"
  >,
): SearchState {
  const { spec, problem, calculated, pending, failed } = request;
  const n = problem.map.free.length;
  const spendable = request.calculations_max - RESERVED_PER_COUPLING * n;
  const [best] = rank(problem, calculated);
  const fit = best === undefined ? undefined : checkFit(problem, spec.curves, best.values);
  const unit = best === undefined ? 1 : noiseOf(problem, best.chi2);
  const arrivalsAt = (ends: readonly RaceEnd[]): number =>
    ends
      .filter((end) => end.chi2 - best!.chi2 < SAME_CHI2 * unit)
      .reduce((sum, end) => sum + end.arrivals, 0);
  const state = raceOnKnown(
    problem,
    { calculated, pending, failed },
    request.design,
    (ends, rounds, used) => {
      const isExplained = fit?.isExplained === true;
      const isSure = isExplained && arrivalsAt(ends) >= ARRIVALS_MIN;
      const most = isExplained ? ROUNDS_MAX : ROUNDS_UNEXPLAINED_MAX;
      return isSure || rounds >= most || spendable - used < ROUND_PER_COUPLING * n;
    },
  );
  const begun = calculated.length + pending.length + failed.length;
  const isOver = state.isOver || (calculated.length > 0 && begun >= spendable);
  return { ...state, isOver, arrivals: arrivalsAt(state.ends), fit };
}

function planSearch(
  request: PlanRequest,
  ranked: readonly Ranked[],
  { wanted, stage }: SearchState,
): Pick<CalculationPlan, "points" | "stage"> {
  const { pending, count } = request;
  const why =
    stage === "design"
      ? "Fills the space of the couplings before the model chooses."
      : "Descends: a step in the race from the best points that lie apart.";
  const steps = wanted.slice(0, count).map((x) => ({ x, score: 0, why }));
  const free = Math.floor(FILLED_SHARE * count) - steps.length - pending.length;
  if (stage === "design" || free <= 0) return { points: steps, stage };
  const falls = followDescents(request, ranked, "all").slice(0, Math.floor(free / 2));
  const explored = explore(request, ranked, free - falls.length);
  return { points: [...steps, ...falls, ...explored], stage };
}

function explore(
  request: PlanRequest,
  ranked: readonly Ranked[],
  count: number,
): PlannedCalculation[] {
  if (count === 0) return [];
  const { points } = nextBySurrogate(
    ranked.slice(0, LEARNT_MAX),
    request.problem.map,
    count,
    request.prng,
    {
      local: true,
    },
  );
  const why = "Lowest confidence bound of ln chi2: Bayesian optimisation.";
  return points.map((x) => ({ x, score: 0, why }));
}

/** The frontier without what is under way. */
function growPosterior(request: PlanRequest, posterior: EmulatedPosterior): PlannedCalculation[] {
  const widths = widthsOf(request.problem.map);
  const why = "The slopes say that the posterior reaches here, where nothing was calculated.";
  return posterior.frontier
    .filter((x) =>
      request.pending.every((other) => distanceIn(widths, x, other) > FRONTIER_STEP / 2),
    )
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
      const nearest = Math.min(...others.map((other) => distanceIn(spreads, x, other)), 100);
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
