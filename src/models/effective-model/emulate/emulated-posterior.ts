import { estimateModel, type ModelEstimate } from "../estimate/estimate.ts";
import type { EstimationProblem } from "../estimate/estimation-problem.ts";
import type { EstimationEffort, EstimationSpec } from "../estimate/estimation-spec.ts";
import { type Calculation, chi2Of, distanceIn, widthsOf } from "./calculation.ts";
import { createPosteriorEmulator } from "./posterior-emulator.ts";
import { findFrontier } from "./posterior-frontier.ts";

/** A posterior that was sampled on emulated curves, and how far these may be trusted. */
export interface EmulatedPosterior {
  readonly estimate: ModelEstimate;
  /** Calculations within the posterior. */
  readonly inside: number;
  /** What leaving one of them out changes its chi^2 / (2 sigma^2) by: median and 80th percentile. */
  readonly error: { readonly median: number; readonly high: number };
  /** Points that the calculations' slopes say belong to the posterior, with no calculation near: it may reach further. */
  readonly frontier: readonly Float64Array[];
  readonly isTrusted: boolean;
  /** Disagreement of the calculations about chi^2 / (2 sigma^2) at a point. */
  doubtAt(x: Float64Array): number;
}

/** Effort of one estimate on emulated curves, which are cheap. */
const EFFORT: EstimationEffort = { sweeps: 300, samples: 400, searchRounds: 1 };
/** Effort of the one that an ending is judged by. */
const THOROUGH: EstimationEffort = { sweeps: 900, samples: 1200, searchRounds: 1 };
/** Calculations that seed descents on the emulated curves. */
const STARTS = 12;
/** Calculations that are left out in turn, the best first. */
const CHECKED_MAX = 16;
/** A change of ln p this small moves no figure of the posterior by more than a fifth of its error. */
const MEDIAN_MAX = 0.25;
const HIGH_MAX = 1;
/** Where the emulated curves' variance is below this (in ln p), nothing need be calculated to grow the posterior. */
const DOUBT_MIN = 0.05;
/** A mode this much below the best (in ln p) must have been calculated, this close to its maximum (box widths). */
const MODE_DEPTH = 12;
const MODE_NEAR = 0.002;

/**
 * A posterior to decide by: where a quick one may be trusted, it is sampled again with more effort and other random
 * numbers, so that no ending rests on one run.
 */
export function sampleConfirmed(
  spec: EstimationSpec,
  problem: EstimationProblem,
  calculated: readonly Calculation[],
): EmulatedPosterior {
  const quick = sampleEmulated(spec, problem, calculated);
  if (!quick.isTrusted) return quick;
  return sampleEmulated({ ...spec, seed: `${spec.seed}/again` }, problem, calculated, THOROUGH);
}

/** The whole estimation (prior, sigma, modes, samples) on curves emulated from calculations. */
export function sampleEmulated(
  spec: EstimationSpec,
  problem: EstimationProblem,
  calculated: readonly Calculation[],
  effort: EstimationEffort = EFFORT,
): EmulatedPosterior {
  const { low, high } = problem.map;
  const n = low.length;
  const first = rankByChi2(calculated, problem);
  const guess = problem.isNoiseKnown
    ? 0.5
    : Math.max(1, problem.values.length - n) / (2 * first[0]!.chi2);
  const base = { low, high, scales: problem.scales, beta: guess };
  const data = { ...base, ranked: first.map(({ one }) => one) };
  const { emulator, root, varianceAt } = createPosteriorEmulator(data);
  const starts = data.ranked.slice(0, STARTS).map((one) => one.x);
  const estimate = estimateModel({ ...spec, effort }, problem.model, () => {}, {
    problem,
    emulator,
    starts,
  });
  // scales and sigma as the estimate has settled them
  const { problem: settled, beta } = estimate;
  const ranked = rankByChi2(calculated, settled);
  const least = Math.min(ranked[0]!.chi2, estimate.modes[0]!.chi2);
  const within = (reach: number) => ranked.filter(({ chi2 }) => beta * (chi2 - least) <= reach);
  const inside = within(n + 3);
  const errors = inside
    .slice(0, CHECKED_MAX)
    .map(({ one, chi2 }) => {
      const others = data.ranked.filter((other) => other !== one);
      const without = createPosteriorEmulator({ ...data, ranked: others }, root).emulator;
      return beta * Math.abs(chi2Of(without.predict(one.x), settled) - chi2);
    })
    .sort((a, b) => a - b);
  const at = (share: number): number => errors[Math.floor(share * errors.length)] ?? Infinity;
  const error = { median: at(0.5), high: at(0.8) };
  const nearlyInside = within(n + 5).map(({ one }) => one);
  const doubtAt = (x: Float64Array): number =>
    beta * settled.values.length * emulator.disagreement(x, settled.scales);
  // in units of the first scales: the settled ones differ by what the noise turned out to be
  const unit = (base.scales[0]! / settled.scales[0]!) ** 2;
  const isDoubtful = (x: Float64Array): boolean => beta * unit * varianceAt(x) > DOUBT_MIN;
  const frontier = [
    ...unseenModes(estimate, calculated),
    ...findFrontier(nearlyInside, calculated, estimate, isDoubtful),
  ];
  const isTrusted =
    frontier.length === 0 &&
    inside.length >= 2 * n + 2 &&
    error.median <= MEDIAN_MAX &&
    error.high <= HIGH_MAX;
  return {
    ...{ estimate, inside: inside.length, error, frontier, isTrusted, doubtAt },
  };
}

/** Maxima of the emulated posterior where nothing was calculated: emulated curves can make them up. */
function unseenModes(
  { modes, problem }: ModelEstimate,
  calculated: readonly Calculation[],
): Float64Array[] {
  const widths = widthsOf(problem.map);
  const energy_max = modes[0]!.energy + MODE_DEPTH;
  return modes
    .filter((mode) => mode.energy <= energy_max)
    .map((mode) => mode.x)
    .filter((x) => calculated.every((one) => distanceIn(widths, one.x, x) > MODE_NEAR));
}

type Measured = Pick<EstimationProblem, "values" | "scales">;

function rankByChi2(calculated: readonly Calculation[], of: Measured) {
  return calculated
    .map((one) => ({ one, chi2: chi2Of(one.values, of) }))
    .sort((a, b) => a.chi2 - b.chi2);
}
