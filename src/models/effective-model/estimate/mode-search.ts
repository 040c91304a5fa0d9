import type { Prng } from "../../../core/prng.ts";
import {
  type Descent,
  type DescentProcess,
  descend,
  startDescent,
} from "../../../numeric/levenberg-marquardt.ts";
import type { EstimationProblem } from "./estimation-problem.ts";
import type { ScreenKind } from "./estimation-spec.ts";
import { latinHypercube } from "./latin-hypercube.ts";
import { type Screened, screenBySurrogate } from "./surrogate-screening.ts";

/** What a search found and what it cost. */
export interface SearchResult {
  /** Ends of the descents, best first, repeated ones left out. */
  readonly optima: readonly Descent[];
  /** Forward calculations of the race for the best, with and without derivatives alike. */
  readonly evaluations: number;
  /** Those spent afterwards to bring the descents that had given up to their ends: the other modes. */
  readonly surveyEvaluations: number;
  /** Forward calculations after which chi^2 was first within 1.1 times the best of the search. */
  readonly evaluationsToBest: number;
}

export interface SearchOptions {
  readonly strength?: number;
  /** Number of points before the descents. */
  readonly screening?: number;
  /** Default space-filling, which wins on the shared task (see the decision record). */
  readonly screen?: ScreenKind | undefined;
}

/** Rounds of the race between two selections, each this many steps. */
const STEPS_A_ROUND = 6;
/** Descents that stay in the race to their end where the others have given up. */
const FINALISTS = 3;
const DESCENT_EVALUATIONS_MAX = 120;
const STARTS = 10;
/** Distance between starts, in units of the box's diagonal per root dimension. */
const APART = 0.15;

/** Points of the first screening: enough that one falls in each basin of a four-coupling problem (see the record). */
function screeningSize(dimension: number): number {
  return Math.min(600, 30 * dimension * Math.max(1, dimension / 4) + 30);
}

/**
 * Global search: chi^2 at space-filling points, then a race of Levenberg-Marquardt descents from the best that lie
 * apart; after every few steps the worse half gives up, the last three run to their ends. Every step costs one forward
 * calculation (Hellmann-Feynman gives its derivatives).
 */
export function searchModes(
  problem: EstimationProblem,
  prng: Prng,
  options: SearchOptions = {},
): SearchResult {
  const before = problem.count.total;
  const history: number[] = [];
  const screened = screen(problem, prng, options, history);
  const least = problem.leastSquares(options.strength ?? 0);
  const traced = {
    ...least,
    evaluate: (x: Float64Array) => {
      const found = least.evaluate(x);
      history.push(found.values.reduce((sum, r) => sum + r * r, 0));
      return found;
    },
  };
  const descents = pickStarts(screened, problem).map((x) => startDescent(traced, x));
  race(descents);
  const evaluations = problem.count.total - before;
  const best = Math.min(...history);
  const evaluationsToBest = history.findIndex((chi2) => chi2 <= 1.1 * best) + 1;
  for (const descent of descents) {
    while (descent.state().evaluations < DESCENT_EVALUATIONS_MAX && descent.step()) {}
  }
  const optima = distinctOptima(
    problem,
    descents.map((descent) => descent.state()),
  );
  const surveyEvaluations = problem.count.total - before - evaluations;
  return { optima, evaluations, evaluationsToBest, surveyEvaluations };
}

/** chi^2 at the screening's points, ascending. */
function screen(
  problem: EstimationProblem,
  prng: Prng,
  options: SearchOptions,
  history: number[],
): Screened[] {
  const { low, high } = problem.map;
  const count = Math.round(options.screening ?? screeningSize(low.length));
  const chi2 = (x: Float64Array): number => {
    const value = problem.chi2(x);
    history.push(value);
    return value;
  };
  const points =
    options.screen === "surrogate"
      ? screenBySurrogate(chi2, { low, high }, count, prng)
      : latinHypercube(low, high, count, prng).map((x) => ({ x, chi2: chi2(x) }));
  return points.sort((a, b) => a.chi2 - b.chi2);
}

function pickStarts(screened: readonly Screened[], problem: EstimationProblem): Float64Array[] {
  const { low, high } = problem.map;
  const starts: Float64Array[] = [];
  for (const { x } of screened) {
    if (starts.length === STARTS) break;
    const apart = starts.every((other) => {
      let squares = 0;
      for (let k = 0; k < x.length; k++)
        squares += ((x[k]! - other[k]!) / (high[k]! - low[k]!)) ** 2;
      return Math.sqrt(squares) > APART;
    });
    if (apart) starts.push(x);
  }
  return starts;
}

/** Runs the descents in turn; after each round the worse half stops, the last few run to their ends. */
function race(descents: readonly DescentProcess[]): void {
  let running = [...descents];
  while (running.length > 0) {
    for (const descent of running) {
      for (let step = 0; step < STEPS_A_ROUND && descent.step(); step++) {}
    }
    running = running
      .filter((d) => !d.state().converged && d.state().evaluations < DESCENT_EVALUATIONS_MAX)
      .sort((a, b) => a.state().objective - b.state().objective);
    const ended = descents.length - running.length;
    const finalists = Math.max(1, Math.min(FINALISTS, FINALISTS + 2 - ended));
    running = running.slice(0, Math.max(finalists, Math.ceil(running.length / 2)));
  }
}

/** The converged ends that are different minima, best first. */
export function distinctOptima(problem: EstimationProblem, ends: readonly Descent[]): Descent[] {
  const sorted = [...ends].sort((a, b) => a.objective - b.objective);
  const kept: Descent[] = [];
  for (const end of sorted) {
    if (kept.length >= 12) break;
    if (!kept.some((other) => isSameBasin(problem, other, end))) kept.push(end);
  }
  return kept;
}

/** Points of the path between two ends that are tried. */
const PATH_POINTS = 6;

/**
 * True where a path leads from one end to the other without a barrier that the noise would notice: they are one
 * valley. First the straight line; then, for a bent valley, points between the two in the coordinate that differs most,
 * each descended to the valley's floor in the others.
 */
function isSameBasin(problem: EstimationProblem, a: Descent, b: Descent): boolean {
  const noise = problem.isNoiseKnown
    ? 1
    : Math.min(a.chi2, b.chi2) / Math.max(1, problem.values.length);
  const ceiling = Math.max(a.chi2, b.chi2) + 2 * noise;
  const straight = [0.5, 0.25, 0.75].every(
    (share) => problem.chi2(a.x.map((v, k) => v + share * (b.x[k]! - v))) <= ceiling,
  );
  if (straight) return true;
  if (Math.max(a.chi2, b.chi2) > 1.5 * Math.min(a.chi2, b.chi2) + 4 * noise) return false;
  const { low, high } = problem.map;
  const apart = a.x.map((v, k) => Math.abs(b.x[k]! - v) / (high[k]! - low[k]!));
  const along = apart.indexOf(Math.max(...apart));
  const least = problem.leastSquares(0);
  let x: Float64Array = a.x;
  for (let step = 1; step < PATH_POINTS; step++) {
    const share = 1 / (PATH_POINTS - step + 1);
    const start = x.map((v, k) => v + share * (b.x[k]! - v));
    const held = { low: low.slice(), high: high.slice() };
    held.low[along] = start[along]!;
    held.high[along] = start[along]!;
    const floor = descend({ ...least, ...held }, start, { evaluations_max: 12, fall_min: 1e-4 });
    if (floor.chi2 > ceiling) return false;
    x = floor.x;
  }
  return true;
}

/** Relative fall at which a descent is at its minimum, and at which it is near enough to be followed or told apart. */
const FALL_AT_MINIMUM = 1e-10;
const FALL_NEARBY = 1e-6;
/** Ends that lie nearer than this share of the bounds' width in every coupling have met. */
const MET = 1e-3;

/** Descents from given points to their minima. */
export function descendFrom(
  problem: EstimationProblem,
  starts: readonly Float64Array[],
  strength: number,
): Descent[] {
  return descendTo(problem, starts, strength, FALL_AT_MINIMUM);
}

/** Modes followed to another strength of the prior, near their minima, the lowest first; of those that have met the lowest. */
export function followModes(
  problem: EstimationProblem,
  followed: readonly Float64Array[],
  strength: number,
): Descent[] {
  const ends = descendTo(problem, followed, strength, FALL_NEARBY);
  ends.sort((a, b) => a.objective - b.objective);
  return ends.filter((end, k) => !ends.slice(0, k).some((other) => haveMet(problem, other, end)));
}

/** The different minima that are reached from many points: most descents end where they are known to meet another. */
export function minimaFrom(
  problem: EstimationProblem,
  starts: readonly Float64Array[],
  strength: number,
): Descent[] {
  const near = followModes(problem, starts, strength).map((end) => end.x);
  return distinctOptima(problem, descendFrom(problem, near, strength));
}

function descendTo(
  problem: EstimationProblem,
  starts: readonly Float64Array[],
  strength: number,
  fall_min: number,
): Descent[] {
  const least = problem.leastSquares(strength);
  return starts.map((x) => descend(least, x, { evaluations_max: 120, fall_min }));
}

function haveMet({ map }: EstimationProblem, a: Descent, b: Descent): boolean {
  return a.x.every((v, k) => Math.abs(v - b.x[k]!) <= MET * (map.high[k]! - map.low[k]!));
}
