import { descend } from "../../../numeric/levenberg-marquardt.ts";
import { type EstimationProblem, emulateProblem } from "../estimate/estimation-problem.ts";
import type { EstimationSpec } from "../estimate/estimation-spec.ts";
import {
  type Calculation,
  chi2Of,
  distanceIn,
  type PlannedCalculation,
  widthsOf,
} from "./calculation.ts";
import { createPosteriorEmulator } from "./posterior-emulator.ts";

/** A calculation with its misfit. */
export interface Ranked extends Calculation {
  readonly chi2: number;
}

/** Best calculations that a descent may start from, and how far apart they must lie in the unit box. */
const FRONTS = 30;
const APART = 0.1;
/** Basins may lie as close as this; every third descent starts from a point that is only so far from a better one. */
const CLOSE_APART = 0.03;
/** Basins that are descended at a time, those already at their ends not counted. */
const OPEN_DESCENTS_MAX = { rivals: 45, all: 8 } as const;
/** A descent goes at most this far (in box widths) from its start: beyond, linear extrapolation is a guess. */
const TRUST = 0.2;
/** A descent is at its end when chi^2 is expected to fall by less than this many sigma^2. */
const FALL_MIN = 0.3;
/** Rivals of the best are basins this close to it (in sigma^2). */
const RIVAL_CHI2 = 60;

/** The best calculation first. */
export function rank(problem: EstimationProblem, calculated: readonly Calculation[]): Ranked[] {
  return calculated
    .map((one) => ({ ...one, chi2: chi2Of(one.values, problem) }))
    .sort((a, b) => a.chi2 - b.chi2);
}

/** sigma^2 in units of the scales: 1, or from the best fit so far. */
export function noiseOf(problem: EstimationProblem, bestChi2: number): number {
  if (problem.isNoiseKnown) return 1;
  return Math.max(1e-300, bestChi2 / Math.max(1, problem.values.length - problem.map.free.length));
}

/** Ends of descents on the emulated curves from the best calculations of each basin, the largest promise first. */
export function followDescents(
  request: {
    readonly spec: EstimationSpec;
    readonly problem: EstimationProblem;
    readonly calculated: readonly Calculation[];
    readonly pending: readonly Float64Array[];
  },
  ranked: readonly Ranked[],
  which: "all" | "rivals",
): PlannedCalculation[] {
  const { problem, calculated, pending, spec } = request;
  const { low, high } = problem.map;
  const widths = widthsOf(problem.map);
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
    if (ends.length === OPEN_DESCENTS_MAX[which]) break;
    if (which === "rivals" && front.chi2 - best > RIVAL_CHI2 * unit) break;
    const held = {
      low: low.map((from, k) => Math.max(from, front.x[k]! - TRUST * widths[k]!)),
      high: high.map((to, k) => Math.min(to, front.x[k]! + TRUST * widths[k]!)),
    };
    const end = descend({ ...least, ...held }, front.x, { evaluations_max: 30, fall_min: 1e-4 });
    const fall = (front.chi2 - end.chi2) / unit;
    const isTaken = [...pending, ...calculated.map((one) => one.x)].some(
      (x) => distanceIn(widths, x, end.x) < 1e-6,
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
    if (kept.every((other) => distanceIn(widths, other.x, end.x) > apart)) kept.push(end);
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
    if (fronts.every((other) => distanceIn(widths, other.x, one.x) > apart)) fronts.push(one);
  }
  return fronts;
}
