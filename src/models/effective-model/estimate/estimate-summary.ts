import { invertPositiveDefinite } from "../../../numeric/bounded-quadratic.ts";
import type { MeasuringPoint } from "../forward/curve-predictor.ts";
import type { CouplingSpec } from "./coupling-spec.ts";
import type { ModelEstimate } from "./estimate.ts";
import type { EstimationSpec } from "./estimation-spec.ts";
import { checkFit, type FitCheck } from "./fit-check.ts";
import { type PosteriorMode, shareOut } from "./posterior-modes.ts";
import {
  type BandPoint,
  correlate,
  type DerivedQuantities,
  deriveQuantities,
  type Estimated,
  predictBands,
  ranksOf,
  summariseSamples,
} from "./posterior-summary.ts";

type ByName<T> = Readonly<Record<string, T>>;

/** One coupling; `fixed` and `tiedTo` say where it is not free. */
export interface CouplingEstimate extends Partial<Estimated> {
  readonly value: number;
  readonly error: number;
  readonly fixed?: true;
  readonly tiedTo?: string;
  /** The maximum lies on a bound: the data do not end the coupling on that side. */
  readonly atBound?: "min" | "max";
}

/** A mode of the posterior besides the best. */
export interface OtherMode {
  readonly J: ByName<{ readonly value: number; readonly error: number }>;
  /** Share of the posterior's probability by the Gaussian approximation. */
  readonly weight: number;
  /** ln of posterior density at the mode, below that of the best mode. */
  readonly logPosteriorBelow: number;
  readonly chi2: number;
  /** Absent for classical spins. */
  readonly spinGap_meV?: number;
}

/** Figures of one model's estimation: plain JSON. */
export interface EstimateSummary extends Partial<DerivedQuantities> {
  readonly model: string;
  readonly J: ByName<CouplingEstimate>;
  /** Rank correlations of the samples: near 1 or -1 also where the valley is bent. */
  readonly correlation: ByName<ByName<number>>;
  readonly linearCorrelation: ByName<ByName<number>>;
  readonly lambda: number;
  readonly twoSigma2Lambda: number;
  readonly sigma: number;
  /** One for each curve, in the curve's unit. */
  readonly sigmas: readonly number[];
  readonly chi2: number;
  /** Whether noise explains what the best couplings leave of the data. */
  readonly fit: FitCheck;
  readonly points: number;
  readonly weight: number;
  readonly otherModes: readonly OtherMode[];
  /** What the data say without the prior, Gaussian around the best fit. */
  readonly likelihood: {
    readonly chi2: number;
    readonly J: ByName<{ readonly value: number; readonly error: number }>;
    readonly correlation: ByName<ByName<number>>;
  };
  /** Couplings that an L1 prior has set to zero. */
  readonly dropped: readonly string[];
  readonly evaluations: number;
  readonly forwardCalculations: ByName<number>;
  readonly elbow: readonly {
    readonly twoSigma2Lambda: number;
    readonly chi2: number;
    readonly energy: number;
    readonly J: readonly number[];
    readonly chosen: boolean;
  }[];
  readonly freeEnergy: readonly {
    readonly sigma: number;
    readonly F: number;
    readonly error: number;
    readonly meanChi2: number;
  }[];
  readonly bands: readonly BandPoint[];
}

export function summariseEstimate(spec: EstimationSpec, estimate: ModelEstimate): EstimateSummary {
  const { problem, prior, modes, samples, beta, evidence, search } = estimate;
  const [best, ...others] = modes;
  const weights = shareOut(modes);
  const columns = problem.map.free.map((_, k) => samples.map((x) => x[k]!));
  const sigma = 1 / Math.sqrt(2 * beta);
  const points = [...problem.points, ...wantedPoints(spec)];
  const bands = predictBands(problem, points, best!.x, samples);
  const found = Float64Array.from(problem.points, (_, l) => bands[l]!.best);
  return {
    model: problem.model.name,
    J: listCouplings(spec, estimate),
    correlation: matrixOf(problem.map.free, (a, b) =>
      correlate(ranksOf(columns[a]!), ranksOf(columns[b]!)),
    ),
    linearCorrelation: matrixOf(problem.map.free, (a, b) => correlate(columns[a]!, columns[b]!)),
    lambda: prior.lambda,
    twoSigma2Lambda: prior.lambda / beta,
    sigma,
    sigmas: curveSigmas(spec, estimate, sigma),
    chi2: best!.chi2,
    fit: checkFit(problem, spec.curves, found),
    points: problem.values.length,
    ...deriveQuantities(problem, best!.x, samples),
    weight: weights[0]!,
    otherModes: others.map((mode, k) => describeMode(estimate, mode, weights[k + 1]!)),
    likelihood: describeLikelihood(estimate),
    dropped: problem.map.free.filter((_, k) => problem.map.priors[k] === "L1" && best!.x[k] === 0),
    evaluations: search.evaluationsToBest,
    forwardCalculations: {
      searchToBest: search.evaluationsToBest,
      search: search.evaluations,
      modeSurvey: search.surveyEvaluations,
      total: problem.count.total,
      withDerivatives: problem.count.withSlopes,
    },
    elbow: (estimate.elbow?.points ?? []).map((point, k) => ({
      twoSigma2Lambda: point.strength,
      chi2: point.chi2,
      energy: point.energy,
      J: [...point.x],
      chosen: spec.lambda === undefined && k === estimate.elbow?.at,
    })),
    freeEnergy: [...estimate.freeEnergy, evidence]
      .sort((a, b) => b.sigma - a.sigma)
      .map(({ sigma: s, F, error, meanChi2 }) => ({ sigma: s, F, error, meanChi2 })),
    bands,
  };
}

function listCouplings(spec: EstimationSpec, estimate: ModelEstimate): ByName<CouplingEstimate> {
  const { problem, modes, samples } = estimate;
  const { free, low, high } = problem.map;
  const best = modes[0]!.x;
  const entries = problem.map.terms.map((name): [string, CouplingEstimate] => {
    const coupling = spec.couplings.get(name);
    const k = free.indexOf(coupling?.tiedTo ?? name);
    if (k < 0) return [name, { value: fixedValue(spec, coupling), error: 0, fixed: true }];
    const factor = coupling?.factor ?? 1;
    const summary = summariseSamples(
      samples.map((x) => factor * x[k]!),
      factor * best[k]!,
    );
    const margin = 1e-6 * (high[k]! - low[k]!);
    const side =
      best[k]! - low[k]! < margin ? "min" : high[k]! - best[k]! < margin ? "max" : undefined;
    return [
      name,
      {
        ...summary,
        ...(coupling?.tiedTo === undefined ? {} : { tiedTo: coupling.tiedTo }),
        ...(side === undefined ? {} : { atBound: side }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function fixedValue(spec: EstimationSpec, coupling: CouplingSpec | undefined): number {
  const root = coupling?.tiedTo === undefined ? coupling : spec.couplings.get(coupling.tiedTo);
  return (coupling?.factor ?? 1) * (root?.fixed_meV ?? 0);
}

function curveSigmas(spec: EstimationSpec, estimate: ModelEstimate, sigma: number): number[] {
  let at = 0;
  return spec.curves.map((curve) => {
    const from = at;
    at += curve.values.length;
    return sigma * estimate.problem.scales[from]!;
  });
}

function describeMode(estimate: ModelEstimate, mode: PosteriorMode, weight: number): OtherMode {
  const { problem, modes } = estimate;
  const levels = problem.physics.groundState?.(problem.couplingsOf(mode.x));
  return {
    J: withErrors(problem.map.free, mode.x, mode.precision),
    weight,
    logPosteriorBelow: mode.energy - modes[0]!.energy,
    chi2: mode.chi2,
    ...(levels === undefined ? {} : { spinGap_meV: levels.spinGap_meV }),
  };
}

function withErrors(
  names: readonly string[],
  x: Float64Array,
  precision: Float64Array,
): ByName<{ value: number; error: number }> {
  const n = names.length;
  const inverse = invertPositiveDefinite(precision, n)?.inverse;
  return Object.fromEntries(
    names.map((name, k) => {
      const variance = inverse?.[k * n + k] ?? Number.NaN;
      return [name, { value: x[k]!, error: Math.sqrt(variance) }];
    }),
  );
}

function describeLikelihood(estimate: ModelEstimate): EstimateSummary["likelihood"] {
  const { likelihoodOptimum, beta, problem } = estimate;
  const { free } = problem.map;
  const n = free.length;
  const precision = likelihoodOptimum.curvature.map((value) => 2 * beta * value);
  const inverse = invertPositiveDefinite(precision, n)?.inverse ?? new Float64Array(n * n);
  return {
    chi2: likelihoodOptimum.chi2,
    J: withErrors(free, likelihoodOptimum.x, precision),
    correlation: matrixOf(
      free,
      (a, b) => inverse[a * n + b]! / Math.sqrt(inverse[a * n + a]! * inverse[b * n + b]!),
    ),
  };
}

function matrixOf(
  names: readonly string[],
  entry: (a: number, b: number) => number,
): ByName<ByName<number>> {
  return Object.fromEntries(
    names.map((name, a) => [
      name,
      Object.fromEntries(names.map((other, b) => [other, a === b ? 1 : entry(a, b)])),
    ]),
  );
}

function wantedPoints(spec: EstimationSpec): MeasuringPoint[] {
  return spec.predict.temperatures_K.flatMap((temperature_K) =>
    spec.predict.fields_T.map((field_T) => ({
      quantity: "magnetisation" as const,
      temperature_K,
      field_T,
    })),
  );
}
