import { misuse } from "../../core/errors.ts";
import { createPrng } from "../../core/prng.ts";
import type { EffectiveModelSettings } from "../../domain/goal-settings.ts";
import type { EffectiveModelView } from "../../domain/planner-view.ts";
import { createCouplingPrior } from "../../models/effective-model/estimate/coupling-prior.ts";
import { estimateModel } from "../../models/effective-model/estimate/estimate.ts";
import {
  createEstimationProblem,
  type EstimationProblem,
} from "../../models/effective-model/estimate/estimation-problem.ts";
import {
  type EstimationSpec,
  readModelSpec,
} from "../../models/effective-model/estimate/estimation-spec.ts";
import {
  type MeasuredCurve,
  readCurves,
} from "../../models/effective-model/estimate/measured-curve.ts";
import { shareOut } from "../../models/effective-model/estimate/posterior-modes.ts";
import {
  sampleGaps,
  summariseSamples,
  thin,
} from "../../models/effective-model/estimate/posterior-summary.ts";

/** What is known after some data: samples of the couplings and of the target. */
export interface Knowledge {
  readonly problem: EstimationProblem;
  readonly samples: readonly Float64Array[];
  readonly quantity: string;
  /** The target's value for each sample, meV. */
  readonly target: Float64Array;
  readonly value: number;
  readonly error: number;
  /** Standard error of one further value. */
  readonly sigma: number;
  /** False while the samples are the prior's. */
  readonly isFitted: boolean;
  readonly method: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly view: Pick<EffectiveModelView, "J" | "quantity">;
  readonly warnings: readonly string[];
}

/**
 * Knowledge from curves; the same curves give the same knowledge. `thorough` spends more and other random numbers: a
 * campaign that would end has the error confirmed, or it would end where chance made the error look small.
 */
export type KnowledgeSource = (
  curves: readonly MeasuredCurve[],
  care?: "quick" | "thorough",
) => Knowledge;

const GAP = "spinGap_meV";
const DESIGN_SAMPLES = 300;
const NO_DATA = { scales: new Float64Array(), known: true };
/** Less than the command spends: a campaign asks after every result. */
const EFFORT = { sweeps: 240, samples: 60, searchRounds: 1 };
/** Before it ends. */
const THOROUGH = { sweeps: 800, samples: 400, searchRounds: 2 };
/** Taken for the noise of a value, as a share of saturation, until the data can tell. */
const SIGMA_SHARE = 0.01;

/** TL-8002 and others where the campaign's specification is wrong. */
export function createKnowledge(settings: EffectiveModelSettings, seed: string): KnowledgeSource {
  const { curves: earlier, ...rest } = settings.spec;
  const model = readModelSpec(rest);
  const known = earlier === undefined ? [] : readCurves(earlier, model.siteSpins);
  const quantity = settings.target?.quantity ?? GAP;
  if (quantity !== GAP && !model.couplings.has(quantity))
    throw misuse(
      "TL-8002",
      `target.quantity "${quantity}" is neither ${GAP} nor a coupling (${[...model.couplings.keys()].join(", ")})`,
    );
  const largestSpin = Math.max(...model.siteSpins);
  return (curves, care = "quick") => {
    const all = [...known, ...curves];
    const free = createEstimationProblem(model, model.models[0]!, [], NO_DATA).map.free;
    const { told, sigma } = tellSigmas(all, settings.sigma, free.length, SIGMA_SHARE * largestSpin);
    const spec =
      care === "quick"
        ? { ...model, curves: told, seed: `${seed}/${model.seed}`, effort: EFFORT }
        : { ...model, curves: told, seed: `${seed}/${model.seed}/thorough`, effort: THOROUGH };
    return all.length === 0 ? fromPrior(spec, quantity, sigma) : fromData(spec, quantity, sigma);
  };
}

/** Curves without sigmas get the setting's, or a guess while there are too few values to estimate one. */
function tellSigmas(
  curves: readonly MeasuredCurve[],
  setting: number | undefined,
  freeCount: number,
  guess: number,
): { told: readonly MeasuredCurve[]; sigma: number } {
  const values = curves.reduce((sum, curve) => sum + curve.values.length, 0);
  const stated = curves.flatMap((curve) => (curve.sigmas === undefined ? [] : [...curve.sigmas]));
  const typical = stated.sort((a, b) => a - b)[Math.floor(stated.length / 2)];
  const sigma = setting ?? typical ?? guess;
  const fewValues = values < 3 * freeCount + 6;
  if (setting === undefined && typical === undefined && !fewValues) return { told: curves, sigma };
  const told = curves.map((curve) =>
    curve.sigmas === undefined
      ? { ...curve, sigmas: new Float64Array(curve.values.length).fill(sigma) }
      : curve,
  );
  return { told, sigma };
}

function fromPrior(spec: EstimationSpec, quantity: string, sigma: number): Knowledge {
  const problem = createEstimationProblem(spec, spec.models[0]!, [], NO_DATA);
  const { low, high } = problem.map;
  const kinds = problem.map.priors.map(() => "none" as const);
  const prior = createCouplingPrior({ kinds, low, high, lambda: 0 });
  const prng = createPrng(`${spec.seed}/prior`);
  const samples = Array.from({ length: DESIGN_SAMPLES }, () => prior.draw(prng));
  return describe({ problem, samples, quantity, sigma, isFitted: false, best: undefined }, {});
}

function fromData(spec: EstimationSpec, quantity: string, sigma: number): Knowledge {
  const estimate = estimateModel(spec, spec.models[0]!);
  const { problem, modes, samples, noise } = estimate;
  const best = modes[0]!.x;
  const noiseFactor = noise.known ? 1 : 1 / Math.sqrt(2 * estimate.beta);
  const oneMore = noise.known ? sigma : noiseFactor * problem.scales[0]!;
  const shares = shareOut(modes);
  return describe(
    {
      ...{ problem, quantity, best },
      samples: thin(samples, DESIGN_SAMPLES),
      sigma: oneMore,
      isFitted: true,
    },
    {
      chi2: estimate.modes[0]!.chi2,
      values: problem.values.length,
      lambda: estimate.prior.lambda,
      modes: modes.slice(0, 4).map((mode, k) => ({
        J: Object.fromEntries(namedValues(problem, mode.x)),
        weight: shares[k],
      })),
    },
  );
}

function describe(
  found: Pick<Knowledge, "problem" | "samples" | "quantity" | "sigma" | "isFitted"> & {
    readonly best: Float64Array | undefined;
  },
  more: Readonly<Record<string, unknown>>,
): Knowledge {
  const { problem, samples, quantity, best } = found;
  const of = (points: readonly Float64Array[]): number[] =>
    quantity === GAP
      ? sampleGaps(problem, points)
      : points.map((x) => couplingOf(problem, quantity, x));
  const target = of(samples);
  const { error, mean } = summariseSamples(target, 0);
  const J = Object.fromEntries(
    problem.map.free.map((name, k) => {
      const column = samples.map((x) => x[k]!);
      const summary = summariseSamples(column, best?.[k] ?? mean);
      return [name, { value: round(summary.value), error: round(summary.error) }];
    }),
  );
  const summary = { quantity, value: round(mean), error: round(error), sigma: found.sigma, J };
  return {
    // the mean, not the most probable: a lopsided posterior's error is the scatter about its mean
    ...{ problem, samples, quantity, value: mean, error },
    target: Float64Array.from(target),
    sigma: found.sigma,
    isFitted: found.isFitted,
    method: "exact diagonalisation, exchange Monte Carlo, expected variance reduction",
    hyperparameters: { ...EFFORT, designSamples: DESIGN_SAMPLES },
    summary,
    view: { ...summary, ...more },
    warnings: warningsOf(problem, samples),
  };
}

/** A coupling whose samples fill its bounds is not measured yet: said so that nobody trusts it. */
function warningsOf(problem: EstimationProblem, samples: readonly Float64Array[]): string[] {
  const { free, low, high } = problem.map;
  return free.flatMap((name, k) => {
    const { error } = summariseSamples(
      samples.map((x) => x[k]!),
      0,
    );
    const width = (high[k]! - low[k]!) / Math.sqrt(12);
    return error > 0.7 * width
      ? [`The data say nothing yet about ${name}: its samples fill its bounds.`]
      : [];
  });
}

function namedValues(problem: EstimationProblem, x: Float64Array): [string, number][] {
  return problem.map.free.map((name, k) => [name, round(x[k]!)]);
}

function couplingOf(problem: EstimationProblem, name: string, x: Float64Array): number {
  const term = problem.map.terms.indexOf(name);
  return term < 0 ? x[problem.map.free.indexOf(name)]! : problem.couplingsOf(x)[term]!;
}

/** Six digits: enough to read, and equal in a replay. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : 0;
}
