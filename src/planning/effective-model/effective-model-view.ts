import type { CurveView, MeasuredValue } from "../../domain/planner-view.ts";
import type { MeasuredCurve } from "../../models/effective-model/estimate/measured-curve.ts";

export function measuredForPage(curves: readonly MeasuredCurve[]): MeasuredValue[] {
  return curves.flatMap(({ quantity, points, values, sigmas }) =>
    points.map(({ temperature_K, field_T }, k) => ({
      ...{ quantity, temperature_K, field_T, value: values[k] ?? 0 },
      ...(sigmas === undefined ? {} : { sigma: sigmas[k] ?? 0 }),
    })),
  );
}

/** Values at all points of the curves, in their order, cut into curves along the axis that varies. */
export function curvesForPage(
  curves: readonly Pick<MeasuredCurve, "quantity" | "points">[],
  band: {
    readonly middle: Float64Array;
    readonly low?: Float64Array;
    readonly high?: Float64Array;
  },
): CurveView[] {
  let from = 0;
  return curves.map(({ quantity, points }) => {
    const at = from;
    from += points.length;
    const [first] = points;
    const isAlongT = points.some((point) => point.temperature_K !== first?.temperature_K);
    const order = points
      .map((point, k) => ({ x: isAlongT ? point.temperature_K : point.field_T, k }))
      .sort((a, b) => a.x - b.x);
    const pick = (values: Float64Array): number[] => order.map(({ k }) => values[at + k] ?? 0);
    return {
      quantity,
      axis: isAlongT ? "temperature_K" : "field_T",
      fixed: (isAlongT ? first?.field_T : first?.temperature_K) ?? 0,
      x: order.map(({ x }) => x),
      middle: pick(band.middle),
      ...(band.low === undefined ? {} : { low: pick(band.low) }),
      ...(band.high === undefined ? {} : { high: pick(band.high) }),
    };
  });
}
