import type { Prng } from "../../core/prng.ts";
import { minimiseLbfgs } from "../../numeric/l-bfgs.ts";
import { descendFromTwo } from "./descend-likelihood.ts";
import {
  defaultPrior,
  type HyperPrior,
  type Hyperparameters,
  hyperparameterBounds,
  packHyperparameters,
  unpackHyperparameters,
} from "./hyperparameters.ts";
import type { KernelKind } from "./kernel.ts";
import { limitRows, pickRows } from "./learning-rows.ts";
import { createMarginalLikelihood, PLAIN_ROWS_max } from "./marginal-likelihood.ts";
import type { TrainingSet } from "./training-set.ts";

/** Of many rows, the share on which the curvature of the likelihood is learnt first. */
const PART_share = 0.4;
/** Likelihood calls of one start. */
const CALLS_warm = 30;
const CALLS_cold = 25;

export interface FitRequest {
  readonly data: TrainingSet;
  /** Width group of each column. */
  readonly groups: Int32Array;
  readonly kind: KernelKind;
  readonly warm?: Hyperparameters | undefined;
  readonly prior?: HyperPrior | undefined;
  readonly prng: Prng;
  /** A quick look: one start and so many likelihood calls. */
  readonly calls_max?: number | undefined;
}

export interface FitResult {
  readonly hyperparameters: Hyperparameters;
  /** Minus the log posterior density at the optimum. */
  readonly value: number;
  readonly calls: number;
  /** False where every start failed and the prior's centre is used. */
  readonly learnt: boolean;
}

/**
 * Maximum a posteriori hyperparameters by L-BFGS with analytic gradients from several starts: the last optimum where there is one,
 * the prior's centre, a short and a long width, with little and with much noise. Deterministic given `prng`. Many rows
 * are sub-sampled ({@link limitRows}).
 */
export function fitHyperparameters(request: FitRequest): FitResult {
  const { groups, kind, warm } = request;
  const data = limitRows(request.data, request.prng);
  const groupCount = Math.max(-1, ...groups) + 1;
  const prior = request.prior ?? defaultPrior(Math.max(1, groupCount));
  const { lower, upper } = hyperparameterBounds(groupCount, prior);
  const centre = startAt(groupCount, prior, 1, 0.02);
  if (data.count < 2 || groupCount === 0)
    return { hyperparameters: centre, value: 0, calls: 0, learnt: false };

  const objective = createMarginalLikelihood(data, groups, kind, prior);
  const quick = request.calls_max;
  const starts =
    quick !== undefined
      ? [warm ?? centre]
      : warm === undefined
        ? [centre, startAt(groupCount, prior, 0.4, 0.01), startAt(groupCount, prior, 1.5, 0.3)]
        : [warm, centre];
  if (quick === undefined && warm !== undefined && data.count > PLAIN_ROWS_max) {
    const rows = Math.ceil(PART_share * data.count);
    // Evenly through time: late results lie closer together than early ones.
    const part = pickRows(
      data,
      Array.from({ length: rows }, (_, k) => Math.floor(((k + 0.5) * data.count) / rows)),
    );
    const { best, calls } = descendFromTwo({
      whole: objective,
      part: createMarginalLikelihood(part, groups, kind, prior, 0),
      ratio: data.count / rows,
      warm: packHyperparameters(warm),
      centre: packHyperparameters(centre),
      ...{ lower, upper },
    });
    return resultOf(best, calls, centre);
  }
  let best: { x: Float64Array; value: number } | undefined;
  let calls = 0;
  starts.forEach((start, k) => {
    const result = minimiseLbfgs(objective, packHyperparameters(start), {
      lower,
      upper,
      evaluations_max: quick ?? (warm !== undefined && k === 0 ? CALLS_warm : CALLS_cold),
      gradient_max: 1e-3,
    });
    calls += result.evaluations;
    if (Number.isFinite(result.value) && (best === undefined || result.value < best.value))
      best = result;
  });
  return resultOf(best, calls, centre);
}

function resultOf(
  best: { readonly x: Float64Array; readonly value: number } | undefined,
  calls: number,
  centre: Hyperparameters,
): FitResult {
  if (best === undefined || !Number.isFinite(best.value))
    return { hyperparameters: centre, value: Number.POSITIVE_INFINITY, calls, learnt: false };
  return { hyperparameters: unpackHyperparameters(best.x), value: best.value, calls, learnt: true };
}

function startAt(
  groups: number,
  prior: HyperPrior,
  factor: number,
  noise: number,
): Hyperparameters {
  return {
    widths: new Float64Array(groups).fill(factor * Math.exp(prior.lnWidth_mean)),
    signal: 1,
    noise: Math.max(noise, prior.noise_min),
  };
}
