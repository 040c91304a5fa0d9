import type { SurrogateModel } from "./surrogate-model.ts";

/** Variances are kept above this share of signal^2: rounding must not make one negative. */
export const VARIANCE_min_share = 1e-12;

/** An exact process as posteriors and paths over a pool read it: A = s^2 C + noise = L L', z = L^-1 (y - m). */
export interface ProcessFactor extends SurrogateModel {
  /** Variance of each result's noise. */
  readonly noise: readonly number[];
  /** L, row-major with `ld` columns. */
  readonly l: Float64Array;
  readonly ld: number;
  readonly z: Float64Array;
  /** A^-1 (y - m). */
  alpha(): Float64Array;
}

/** V = L^-1 K(X, pool) of an exact process, one row a result, over `count` scaled candidates. */
export interface WhitenedPool {
  readonly gp: ProcessFactor;
  readonly count: number;
  /** Scaled candidates, column by column. */
  readonly scaled: Float64Array;
  /** out_n += sum_i weights_i V_in. */
  addRows(weights: Float64Array, out: Float64Array): void;
}

/** A result learnt since a sparse process was rebuilt, as a row conditional on all before it. */
export interface AppendedRow {
  /** The point's features. */
  readonly features: Float64Array;
  /** Covariance with each earlier appended row, divided by that row's deviation. */
  readonly earlier: Float64Array;
  readonly deviation: number;
  /** Variance of the result's noise. */
  readonly noise: number;
  /** (value - prediction) / deviation. */
  readonly z: number;
}

/** A sparse process as its posterior over a pool reads it. */
export interface SparseFactor extends SurrogateModel {
  readonly inducing: readonly Float64Array[];
  /** L_m L_A, row-major. */
  readonly factor: Float64Array;
  readonly z: Float64Array;
  readonly appended: readonly AppendedRow[];
}
