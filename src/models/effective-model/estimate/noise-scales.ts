import type { Quantity } from "../forward/observables.ts";
import type { MeasuredCurve } from "./measured-curve.ts";

/** The unit of each residual, and whether the noise level is known. */
export interface NoiseScales {
  readonly scales: Float64Array;
  /** True where every sigma is given (or estimated beforehand): beta is then 1/2. */
  readonly known: boolean;
  /** Quantities whose sigma the data must tell. */
  readonly unknown: readonly Quantity[];
}

/** Share of a curve's range that is taken for its noise before there is a fit. */
const FIRST_GUESS = 0.02;

/**
 * First scales: the given sigmas; 1 (the data's own unit) where one quantity's noise is all that is unknown; a share of
 * the range where several are, so that they can be fitted together.
 */
export function guessScales(curves: readonly MeasuredCurve[]): NoiseScales {
  const unknown = [...new Set(curves.filter((c) => c.sigmas === undefined).map((c) => c.quantity))];
  const lone = unknown.length === 1 && curves.every((curve) => curve.sigmas === undefined);
  const scales = curves.flatMap((curve) => {
    if (curve.sigmas !== undefined) return [...curve.sigmas];
    const guess = lone ? 1 : FIRST_GUESS * rangeOf(curves, curve.quantity);
    return new Array<number>(curve.values.length).fill(guess);
  });
  return {
    scales: Float64Array.from(scales),
    known: unknown.length === 0,
    unknown: lone ? [] : unknown,
  };
}

/**
 * Scales of the unknown quantities from the residuals of a fit: sigma_q^2 = chi^2_q / (L_q (1 - p/L)).
 *
 * @param residuals in units of the present scales
 */
export function refineScales(
  curves: readonly MeasuredCurve[],
  present: NoiseScales,
  residuals: Float64Array,
  freeCount: number,
): NoiseScales {
  const scales = present.scales.slice();
  const share = Math.max(0.1, 1 - freeCount / scales.length);
  for (const quantity of present.unknown) {
    const indices = indicesOf(curves, quantity);
    const squares = indices.reduce((sum, l) => sum + (residuals[l]! * scales[l]!) ** 2, 0);
    const floor = 1e-9 * rangeOf(curves, quantity);
    const sigma = Math.max(floor, Math.sqrt(squares / (indices.length * share)));
    for (const l of indices) scales[l] = sigma;
  }
  return { ...present, scales, known: true };
}

/** Positions of the values of a quantity whose sigma is not given. */
function indicesOf(curves: readonly MeasuredCurve[], quantity: Quantity): number[] {
  let at = 0;
  return curves.flatMap((curve) => {
    const from = at;
    at += curve.values.length;
    if (curve.quantity !== quantity || curve.sigmas !== undefined) return [];
    return Array.from(curve.values.keys(), (k) => from + k);
  });
}

function rangeOf(curves: readonly MeasuredCurve[], quantity: Quantity): number {
  const values = curves.flatMap((c) => (c.quantity === quantity ? [...c.values] : []));
  const range = Math.max(...values) - Math.min(...values);
  return range > 0 ? range : Math.max(1e-12, Math.abs(values[0] ?? 1));
}
