import type { Prng } from "../../core/prng.ts";
import { minimiseLbfgs } from "../../numeric/l-bfgs.ts";
import {
  defaultPrior,
  type HyperPrior,
  type Hyperparameters,
  hyperparameterBounds,
  packHyperparameters,
  unpackHyperparameters,
} from "./hyperparameters.ts";
import type { KernelKind } from "./kernel.ts";
import { createMarginalLikelihood } from "./marginal-likelihood.ts";
import type { TrainingSet } from "./training-set.ts";

/** More rows than this are not used for learning: the likelihood costs their cube. */
const LEARNING_ROWS_max = 400;
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
 * the prior's centre, a short and a long width, with little and with much noise. Deterministic given `prng`. More than
 * {@link LEARNING_ROWS_max} rows are sub-sampled (the best quarter and a random rest).
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
  if (best === undefined)
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

function limitRows(data: TrainingSet, prng: Prng): TrainingSet {
  const { count: n, columns } = data;
  if (n <= LEARNING_ROWS_max) return data;
  const byValue = Array.from({ length: n }, (_, i) => i).sort((p, q) => data.y[q]! - data.y[p]!);
  const kept = byValue.slice(0, LEARNING_ROWS_max / 4);
  const rest = byValue.slice(LEARNING_ROWS_max / 4);
  for (let k = 0; kept.length < LEARNING_ROWS_max; k++) {
    const j = k + prng.integer(rest.length - k);
    const row = rest[j]!;
    rest[j] = rest[k]!;
    kept.push(row);
  }
  kept.sort((p, q) => p - q);
  const x = new Float64Array(kept.length * columns);
  for (const [i, row] of kept.entries())
    x.set(data.x.subarray(row * columns, (row + 1) * columns), i * columns);
  const pick = (from: Float64Array): Float64Array => Float64Array.from(kept, (row) => from[row]!);
  return {
    ...data,
    count: kept.length,
    x,
    y: pick(data.y),
    replicates: pick(data.replicates),
    knownVariance: pick(data.knownVariance),
  };
}
