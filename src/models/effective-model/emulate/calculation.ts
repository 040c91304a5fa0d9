import type { EstimationProblem } from "../estimate/estimation-problem.ts";

/** One forward calculation that was made: couplings, curve values, and their derivatives (points x couplings). */
export interface Calculation {
  readonly x: Float64Array;
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

/** A calculation that is to be made. */
export interface PlannedCalculation {
  readonly x: Float64Array;
  /** Larger was chosen first; only comparable within one reason. */
  readonly score: number;
  readonly why: string;
}

/** sum ((found - measured) / scale)^2 of a calculation's curves. */
export function chi2Of(
  found: Float64Array,
  { values, scales }: Pick<EstimationProblem, "values" | "scales">,
): number {
  return found.reduce((sum, value, l) => sum + ((value - values[l]!) / scales[l]!) ** 2, 0);
}

/** Distance of two coupling vectors in units of `widths`. */
export function distanceIn(widths: Float64Array, a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < a.length; k++) squares += ((a[k]! - b[k]!) / widths[k]!) ** 2;
  return Math.sqrt(squares);
}

/** Widths of the couplings' bounds. */
export function widthsOf({ low, high }: EstimationProblem["map"]): Float64Array {
  return low.map((from, k) => high[k]! - from);
}
