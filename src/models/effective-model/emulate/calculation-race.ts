import type { Prng } from "../../../core/prng.ts";
import {
  type Descent,
  type DescentProcess,
  type PenalisedLeastSquares,
  startDescent,
} from "../../../numeric/levenberg-marquardt.ts";
import type { EstimationProblem } from "../estimate/estimation-problem.ts";
import { latinHypercube } from "../estimate/latin-hypercube.ts";
import { type Calculation, chi2Of, distanceIn, widthsOf } from "./calculation.ts";

/** What is known and under way when a race is run again. */
export interface RaceKnowledge {
  readonly calculated: readonly Calculation[];
  readonly pending: readonly Float64Array[];
  /** Couplings whose calculation failed: they count as infinitely bad. */
  readonly failed: readonly Float64Array[];
}

/** How far a race has come on what is known. */
export interface RaceState {
  /** Couplings that it lacks and that are not under way, the most promising first. */
  readonly wanted: readonly Float64Array[];
  readonly stage: "design" | "search";
  /** Where descents came to an end, best first. */
  readonly ends: readonly RaceEnd[];
  /** Rounds that are complete. */
  readonly rounds: number;
  readonly isOver: boolean;
}

/** An end and how many descents, from starts that lie apart, led there. */
export interface RaceEnd extends Descent {
  readonly arrivals: number;
}

/** Digits of a coupling: enough for any fit, what a person can read, and equal after a journey as text. */
const DIGITS = 9;
/** Space-filling points and descents of the first round and of those that follow, per coupling. */
const SCREENED_FIRST = 25;
const SCREENED_LATER = 12;
const STARTS_FIRST = 4;
const STARTS_LATER = 3;
/** Distance between starts, in box widths. */
const APART = 0.15;
/** Two descents that come this close (box widths) are one. */
const MERGED = 0.04;
/** Steps between two selections, and the share of descents that goes on after one. */
const STEPS_A_HEAT = 5;
const SURVIVORS = 0.7;
const FINALISTS = 3;
const DESCENT_EVALUATIONS_MAX = 60;
/** A descent that falls by less than this share in a step has ended: what is left is for the emulated posterior. */
const FALL_MIN = 1e-3;

/** Couplings as they are proposed. */
export function roundCouplings(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (value) => Number(value.toPrecision(DIGITS)));
}

/**
 * The search of {@link searchModes} for calculations that are made elsewhere: it is run from its start on the
 * calculations that exist, and what it lacks is what to calculate next. The same calculations give the same answer, in
 * whatever order they came. Rounds of screening and racing follow one another until `isEnough`.
 *
 * @param isEnough told the ends so far, the rounds and the calculations that these took
 * @param design names the screening's points; the same at every call
 */
export function raceOnKnown(
  problem: EstimationProblem,
  knowledge: RaceKnowledge,
  design: Prng,
  isEnough: (ends: readonly RaceEnd[], rounds: number, used: number) => boolean,
): RaceState {
  const table = tabulate(knowledge);
  const screened: Calculation[] = [];
  const starts: Float64Array[] = [];
  let ends: RaceEnd[] = [];
  for (let round = 0; ; round++) {
    const points = screeningOf(problem, design, round);
    const unknown = points.filter((x) => !table.known.has(keyOf(x)) && !table.failed.has(keyOf(x)));
    const stage = round === 0 && unknown.length > 0 ? "design" : "search";
    for (const x of points) table.used.add(keyOf(x));
    screened.push(...points.flatMap((x) => table.known.get(keyOf(x)) ?? []));
    const blocked = (wanted: readonly Float64Array[]): RaceState => ({
      ...{ wanted: notUnderWay(wanted, table), stage, ends, rounds: round, isOver: false },
    });
    if (unknown.length > 0) return blocked(unknown);
    const chosen = pickStarts(problem, screened, starts, round);
    starts.push(...chosen);
    const raced = race(problem, table, chosen, ends);
    if (raced.wanted.length > 0) return blocked(raced.wanted);
    ends = raced.ends;
    const rounds = round + 1;
    if (chosen.length === 0 || isEnough(ends, rounds, table.used.size))
      return { wanted: [], stage, ends, rounds, isOver: true };
  }
}

interface Table {
  readonly known: ReadonlyMap<string, Calculation>;
  readonly pending: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** Keys that the race has looked up. */
  readonly used: Set<string>;
}

function tabulate({ calculated, pending, failed }: RaceKnowledge): Table {
  return {
    known: new Map(calculated.map((one) => [keyOf(one.x), one])),
    pending: new Set(pending.map(keyOf)),
    failed: new Set(failed.map(keyOf)),
    used: new Set(),
  };
}

function keyOf(x: Float64Array): string {
  return roundCouplings(x).join();
}

function notUnderWay(points: readonly Float64Array[], { pending }: Table): Float64Array[] {
  const seen = new Set(pending);
  return points.filter((x) => {
    const key = keyOf(x);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function screeningOf({ map }: EstimationProblem, design: Prng, round: number): Float64Array[] {
  const { low, high, free } = map;
  const count = (round === 0 ? SCREENED_FIRST : SCREENED_LATER) * free.length;
  return latinHypercube(low, high, count, design.derive(`round ${round}`)).map(roundCouplings);
}

/** The best of all screened points that lie apart from each other and from the starts of earlier rounds. */
function pickStarts(
  problem: EstimationProblem,
  screened: readonly Calculation[],
  taken: readonly Float64Array[],
  round: number,
): Float64Array[] {
  const widths = widthsOf(problem.map);
  const count = (round === 0 ? STARTS_FIRST : STARTS_LATER) * widths.length;
  const ranked = screened
    .map(({ x, values }) => ({ x, chi2: chi2Of(values, problem) }))
    .sort((a, b) => a.chi2 - b.chi2);
  const starts: Float64Array[] = [];
  for (const { x } of ranked) {
    if (starts.length === count) break;
    if ([...taken, ...starts].every((other) => distanceIn(widths, other, x) > APART))
      starts.push(x);
  }
  return starts;
}

interface Runner {
  readonly descent: DescentProcess;
  arrivals: number;
}

/**
 * Descents in heats: after a few steps each, those that have come together are one, and the worst of the others give
 * up. A heat needs all its steps, so that the order in which results come changes nothing.
 */
function race(
  problem: EstimationProblem,
  table: Table,
  starts: readonly Float64Array[],
  before: readonly RaceEnd[],
): { wanted: Float64Array[]; ends: RaceEnd[] } {
  const widths = widthsOf(problem.map);
  const least = lookUp(problem, table);
  const ends = before.map((end) => ({ ...end }));
  let running = starts.map(
    (x): Runner => ({ descent: startDescent(least, x, FALL_MIN), arrivals: 1 }),
  );
  while (running.length > 0) {
    running = byObjective(running);
    const wanted = running.flatMap(({ descent }) => runHeat(descent));
    if (wanted.length > 0) return { wanted, ends: [] };
    const left: Runner[] = [];
    for (const runner of byObjective(running)) {
      const state = runner.descent.state();
      const isNear = (x: Float64Array): boolean => distanceIn(widths, x, state.x) < MERGED;
      const twin =
        ends.find((end) => end.chi2 <= state.chi2 * (1 + FALL_MIN) && isNear(end.x)) ??
        left.find(({ descent }) => isNear(descent.state().x));
      if (twin !== undefined) twin.arrivals += runner.arrivals;
      else if (isAtEnd(state)) ends.push({ ...state, arrivals: runner.arrivals });
      else left.push(runner);
    }
    running = left.slice(0, Math.max(FINALISTS, Math.ceil(SURVIVORS * left.length)));
  }
  return { wanted: [], ends: ends.sort((a, b) => a.chi2 - b.chi2) };
}

function byObjective(runners: readonly Runner[]): Runner[] {
  return [...runners].sort((a, b) => a.descent.state().chi2 - b.descent.state().chi2);
}

function isAtEnd({ converged, evaluations }: Descent): boolean {
  return converged || evaluations >= DESCENT_EVALUATIONS_MAX;
}

/** Some steps of one descent; the couplings whose calculation it lacks, if so. */
function runHeat(descent: DescentProcess): Float64Array[] {
  try {
    for (let step = 0; step < STEPS_A_HEAT && descent.step(); step++) {}
    return [];
  } catch (error) {
    if (error instanceof Missing) return [error.x];
    throw error;
  }
}

/** Thrown through a descent's step where a calculation is missing. */
class Missing extends Error {
  readonly x: Float64Array;
  constructor(x: Float64Array) {
    super("not calculated");
    this.x = x;
  }
}

/** The least-squares problem on calculations that were made; a failed one is infinitely bad, so that it is stepped back from. */
function lookUp(problem: EstimationProblem, { known, failed, used }: Table): PenalisedLeastSquares {
  const { values, scales, map } = problem;
  const n = map.free.length;
  return {
    ...problem.leastSquares(0),
    evaluate: (asked) => {
      const x = roundCouplings(asked);
      const key = x.join();
      used.add(key);
      const found = known.get(key);
      if (found !== undefined)
        return {
          values: found.values.map((value, l) => (value - values[l]!) / scales[l]!),
          slopes: found.slopes.map((slope, i) => slope / scales[Math.floor(i / n)]!),
        };
      if (!failed.has(key)) throw new Missing(x);
      return {
        values: new Float64Array(values.length).fill(Infinity),
        slopes: new Float64Array(values.length * n),
      };
    },
  };
}
