import type { EffectiveModelView, EstimatedFigure } from "../../domain/planner-view.ts";
import type { SearchState } from "../../models/effective-model/emulate/calculation-plan.ts";
import type { EmulatedPosterior } from "../../models/effective-model/emulate/emulated-posterior.ts";
import { shareOut } from "../../models/effective-model/estimate/posterior-modes.ts";
import {
  correlate,
  predictBands,
  ranksOf,
  sampleGaps,
  summariseSamples,
  thin,
} from "../../models/effective-model/estimate/posterior-summary.ts";
import { curvesForPage, measuredForPage } from "./effective-model-view.ts";
import type { ForwardStudy, LearntCalculation } from "./forward-study.ts";

type Figures = Readonly<Record<string, unknown>>;

/** Figures of a search or a posterior, for the log and the view alike. */
type SearchFigures = Pick<EffectiveModelView, "J"> & {
  readonly stage: string;
  readonly calculations: number;
  readonly [figure: string]: unknown;
};

/** Samples in a view: enough for a corner plot. */
const CORNER_SAMPLES = 400;
/** Samples whose gaps are calculated, and the largest diagonalisation (multiply-adds) that is done here for each. */
const GAP_SAMPLES = 60;
const GAP_OPERATIONS_MAX = 5e8;

/** Figures while the search goes on: the best calculation, without errors. */
export function describeSearch(
  study: ForwardStudy,
  known: readonly LearntCalculation[],
  stage: string,
): SearchFigures {
  const best = bestOf(study, known);
  if (best === undefined) return { stage, calculations: 0 };
  const { free } = study.problem.map;
  return {
    stage,
    calculations: known.length,
    chi2: round(best.chi2),
    J: Object.fromEntries(free.map((name, k) => [name, { value: round(best.one.x[k] ?? 0) }])),
    ...(best.one.gap_meV === undefined ? {} : { spinGap_meV: { value: round(best.one.gap_meV) } }),
  };
}

/** Figures of the posterior: couplings with errors and correlations, other modes, sigma, lambda, gap. */
export function summarisePosterior(
  study: ForwardStudy,
  known: readonly LearntCalculation[],
  posterior: EmulatedPosterior,
  search?: SearchState,
): SearchFigures {
  const { estimate, error, inside, isTrusted } = posterior;
  const { problem, modes, samples, prior, evidence } = estimate;
  const { free } = problem.map;
  const best = modes[0];
  const columns = free.map((_, k) => samples.map((x) => x[k] ?? 0));
  const shares = shareOut(modes);
  return {
    stage: "posterior",
    calculations: known.length,
    chi2: round(best?.chi2 ?? 0),
    sigma: round(evidence.sigma),
    lambda: round(prior.lambda),
    J: Object.fromEntries(
      free.map((name, k) => [name, estimated(columns[k] ?? [], best?.x[k] ?? 0)]),
    ),
    correlation: correlations(free, columns),
    ...gapOf(study, posterior),
    otherModes: modes.slice(1, 5).map((mode, m) => ({
      J: Object.fromEntries(free.map((name, k) => [name, round(mode.x[k] ?? 0)])),
      chi2: round(mode.chi2),
      weight: round(shares[m + 1] ?? 0),
    })),
    emulation: {
      calculationsInside: inside,
      leaveOneOut_median: round(error.median),
      leaveOneOut_80percent: round(error.high),
      isTrusted,
    },
    ...(search === undefined ? {} : { search: describeCheck(search) }),
  };
}

/** What speaks for the best fit being the global one. */
function describeCheck({ rounds, arrivals, fit }: SearchState): Figures {
  return {
    rounds,
    descentsToBest: arrivals,
    ...(fit === undefined
      ? {}
      : {
          isExplainedByNoise: fit.isExplained,
          neighbourRatio: round(fit.neighbourRatio),
          ...(fit.reducedChi2 === undefined ? {} : { reducedChi2: round(fit.reducedChi2) }),
        }),
  };
}

/** What the page draws. */
export function viewOf(
  study: ForwardStudy,
  known: readonly LearntCalculation[],
  posterior: EmulatedPosterior | undefined,
): EffectiveModelView {
  const { spec } = study;
  const base = { kind: "effective-model" as const, measured: measuredForPage(spec.curves) };
  if (posterior === undefined) {
    const best = bestOf(study, known);
    const middle = best?.one.values;
    return {
      ...base,
      ...describeSearch(study, known, "search"),
      curves: middle === undefined ? [] : curvesForPage(spec.curves, { middle }),
    };
  }
  const { estimate } = posterior;
  const { problem, modes, samples } = estimate;
  const top = modes[0]?.x ?? samples[0] ?? new Float64Array();
  const bands = predictBands(problem, problem.points, top, samples);
  return {
    ...base,
    ...summarisePosterior(study, known, posterior),
    curves: curvesForPage(spec.curves, {
      middle: Float64Array.from(bands, (band) => band.best),
      low: Float64Array.from(bands, (band) => band.low),
      high: Float64Array.from(bands, (band) => band.high),
    }),
    samples: {
      names: problem.map.free,
      rows: thin(samples, CORNER_SAMPLES).map((x) => [...x].map(round)),
    },
  };
}

function bestOf({ problem }: ForwardStudy, known: readonly LearntCalculation[]) {
  const ranked = known.map((one) => {
    let chi2 = 0;
    one.values.forEach((value, l) => {
      chi2 += ((value - (problem.values[l] ?? 0)) / (problem.scales[l] ?? 1)) ** 2;
    });
    return { one, chi2 };
  });
  return ranked.sort((a, b) => a.chi2 - b.chi2).at(0);
}

/** Gap of samples by diagonalisation here, where that is cheap. */
function gapOf({ problem }: ForwardStudy, { estimate }: EmulatedPosterior): Figures {
  if (problem.physics.operations > GAP_OPERATIONS_MAX) return {};
  const best = estimate.modes[0]?.x;
  const gaps = sampleGaps(problem, thin(estimate.samples, GAP_SAMPLES));
  const [atBest] = best === undefined ? [] : sampleGaps(problem, [best]);
  return atBest === undefined ? {} : { spinGap_meV: estimated(gaps, atBest) };
}

function estimated(
  values: readonly number[],
  best: number,
): EstimatedFigure & { readonly interval95: readonly number[] } {
  const { value, error, interval95 } = summariseSamples(values, best);
  return { value: round(value), error: round(error), interval95: interval95.map(round) };
}

function correlations(names: readonly string[], columns: readonly (readonly number[])[]): Figures {
  const ranks = columns.map(ranksOf);
  return Object.fromEntries(
    names.map((name, a) => [
      name,
      Object.fromEntries(
        names.map((other, b) => [
          other,
          a === b ? 1 : round(correlate(ranks[a] ?? [], ranks[b] ?? [])),
        ]),
      ),
    ]),
  );
}

/** Six digits: enough to read, and equal in a replay. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : 0;
}
