import { thin } from "../../models/effective-model/estimate/posterior-summary.ts";
import type { MeasuringPoint } from "../../models/effective-model/forward/curve-predictor.ts";
import type { Quantity } from "../../models/effective-model/forward/observables.ts";
import type { Knowledge } from "./effective-model-knowledge.ts";

/** What the posterior says of one curve: the middle and the limits between which 95 % of its samples lie. */
export interface PosteriorCurve {
  readonly quantity: Quantity;
  /** What runs along the curve; the other is fixed. */
  readonly axis: "field_T" | "temperature_K";
  readonly fixed: number;
  readonly x: readonly number[];
  readonly middle: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const CURVE_POINTS = 41;
/** Curves of most values first; more than these a person can't tell apart. */
const CURVES_max = 6;
const SAMPLES = 60;

/**
 * Posterior curves through the given points: magnetisation over the field at each temperature, susceptibility and
 * specific heat over temperature at each field. One forward calculation a sample.
 */
export function posteriorCurves(
  known: Knowledge,
  points: readonly MeasuringPoint[],
): PosteriorCurve[] {
  const shapes = shapesOf(points);
  if (shapes.length === 0) return [];
  const wanted = shapes.flatMap(({ quantity, axis, fixed, x }) =>
    x.map(
      (value): MeasuringPoint =>
        axis === "field_T"
          ? { quantity, temperature_K: fixed, field_T: value }
          : { quantity, temperature_K: value, field_T: fixed },
    ),
  );
  const predictor = known.problem.physics.predictorAt(wanted);
  const rows = thin(known.samples, SAMPLES).map((sample) =>
    predictor.predict(known.problem.couplingsOf(sample)),
  );
  return shapes.map((shape, n) => {
    const sorted = shape.x.map((_, k) =>
      rows.map((row) => row[n * CURVE_POINTS + k] ?? Number.NaN).sort((a, b) => a - b),
    );
    const at = (share: number): number[] =>
      sorted.map((values) => round(values[Math.round(share * (values.length - 1))] ?? Number.NaN));
    return { ...shape, middle: at(0.5), low: at(0.025), high: at(0.975) };
  });
}

type Shape = Pick<PosteriorCurve, "quantity" | "axis" | "fixed" | "x">;

function shapesOf(points: readonly MeasuringPoint[]): Shape[] {
  const groups = new Map<string, MeasuringPoint[]>();
  for (const point of points) {
    const key = `${point.quantity}/${fixedOf(point)}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  const along = [...groups.values()].sort((a, b) => b.length - a.length).slice(0, CURVES_max);
  return along
    .flatMap((group): Shape[] => {
      const first = group[0];
      if (first === undefined) return [];
      const axis = axisOf(first.quantity);
      // All curves of a quantity run over the same range, so that they can be compared.
      const values = points.filter((p) => p.quantity === first.quantity).map((p) => p[axis]);
      const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const from = axis === "field_T" ? Math.min(0, low) : low;
      if (!(high > from)) return [];
      const x = Array.from(
        { length: CURVE_POINTS },
        (_, k) => from + ((high - from) * k) / (CURVE_POINTS - 1),
      );
      return [{ quantity: first.quantity, axis, fixed: fixedOf(first), x }];
    })
    .sort((a, b) => a.quantity.localeCompare(b.quantity) || a.fixed - b.fixed);
}

function axisOf(quantity: Quantity): PosteriorCurve["axis"] {
  return quantity === "magnetisation" ? "field_T" : "temperature_K";
}

function fixedOf(point: MeasuringPoint): number {
  return axisOf(point.quantity) === "field_T" ? point.temperature_K : point.field_T;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
