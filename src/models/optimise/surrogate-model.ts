import type { Prng } from "../../core/prng.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Inputs, KernelKind } from "./kernel.ts";
import type { OutputScale } from "./output-scale.ts";

/** A learnt model of one quantity, exact or sparse. Values are standardised by `output`. */
export interface SurrogateModel {
  readonly kind: KernelKind;
  readonly theta: Hyperparameters;
  /** Width group of each column. */
  readonly groups: Int32Array;
  /** Between the user's values and standardised ones. */
  readonly output: OutputScale;
  readonly mean: number;
  /** Signal variance. */
  readonly s2: number;
  /** Relative jitter that the factorisation needed. */
  readonly jitter: number;
  /** Rows learnt, and how many of them at the last rebuild. */
  readonly count: number;
  readonly factored: number;
  /** Scaled points and values of the rows. */
  readonly points: readonly Float64Array[];
  readonly y: readonly number[];
  /** Posterior mean at each row. */
  fitted(): Float64Array;
  /** Adds one result (user's unit); false where it teaches nothing. */
  append(x: Float64Array, value: number, uncertainty?: number): boolean;
  /** The posterior over a pool. */
  over(inputs: Inputs): PoolBelief;
}

export interface CandidateBelief {
  readonly mean: number;
  readonly variance: number;
}

/** What candidates compete for; `mayWin` may ask for more after each visit. */
export interface Contender {
  /** False where no candidate of at most this mean and this variance can win. */
  readonly mayWin: (mean: number, variance: number) => boolean;
  readonly visit: (index: number, mean: number, variance: number) => void;
}

/** A posterior over every candidate of a pool, standardised, noise not included. */
export interface PoolBelief {
  readonly gp: SurrogateModel;
  readonly count: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** One candidate alone. */
  at(index: number): CandidateBelief;
  /** Shows each eligible candidate that may win, and may leave out those that cannot; the likeliest first where that saves time. */
  visitPromising(eligible: Uint8Array, promise: Contender): void;
  /** Takes in the rows that the model has learnt since. */
  update(): void;
  /** Posterior covariance of candidate `index` with every candidate. */
  covarianceWith(index: number): Float64Array;
  /** One draw of the function over the pool. */
  drawPath(prng: Prng): Float64Array;
}
