import { nearestLevel, stepOf } from "../../domain/box-levels.ts";
import type { InputConstraint } from "../../domain/goal-settings.ts";
import type { BoxAxis, BoxSpace } from "../../domain/search-space.ts";

/** Sum of factor * axis = `sum`, to be met by every point. */
export interface Equality {
  readonly terms: readonly { readonly axis: BoxAxis; readonly factor: number }[];
  readonly sum: number;
  /** By how much it may be missed. */
  readonly tolerance: number;
}

type Values = Record<string, number | string>;
const PASSES = 50;
const MET = 1e-9;

/**
 * Fractions, and input constraints with min = max. Chance meets none of them, so points are moved onto them. Constraints of
 * whole numbers alone are met by chance and stay to be looked at.
 */
export function equalitiesOf(
  { axes, fractions = [] }: BoxSpace,
  constraints: readonly InputConstraint[],
): Equality[] {
  const find = (name: string) => axes.filter((axis) => axis.name === name && isNumeric(axis));
  const equal = constraints.filter(({ min, max }) => min !== undefined && min === max);
  return [
    ...fractions.map(({ of, sum = 1 }) => ({
      terms: of.flatMap(find).map((axis) => ({ axis, factor: 1 })),
      sum,
      tolerance: 0,
    })),
    ...equal
      .map(({ coefficients, min = 0, tolerance = 0 }) => ({
        terms: Object.entries(coefficients).flatMap(([name, factor]) =>
          find(name).map((axis) => ({ axis, factor })),
        ),
        sum: min,
        tolerance,
      }))
      .filter(({ terms }) => terms.some(({ axis }) => axis.integer !== true)),
  ];
}

function isNumeric({ categories }: BoxAxis): boolean {
  return (categories?.length ?? 0) === 0;
}

/** Numbers that may be moved: those that the point has, listed values aside. */
function movable(equality: Equality, values: Values): Equality["terms"] {
  return equality.terms.filter(
    ({ axis, factor }) =>
      factor !== 0 && axis.values === undefined && typeof values[axis.name] === "number",
  );
}

function residual({ terms, sum }: Equality, values: Values): number {
  return terms.reduce(
    (left, { axis, factor }) => left - factor * Number(values[axis.name] ?? 0),
    sum,
  );
}

function isMet(equality: Equality, values: Values): boolean {
  const size = equality.terms.reduce(
    (most, { axis, factor }) => Math.max(most, Math.abs(factor * Number(values[axis.name] ?? 0))),
    Math.abs(equality.sum),
  );
  return Math.abs(residual(equality, values)) <= Math.max(equality.tolerance, MET * size);
}

/** Moves a point onto all equalities by the shortest way in spans of the axes, one equality after the other until all hold. */
export function project(equalities: readonly Equality[], values: Values): void {
  for (let pass = 0; pass < PASSES && !equalities.every((one) => isMet(one, values)); pass++) {
    for (const equality of equalities) {
      const left = residual(equality, values);
      const free = movable(equality, values).filter(({ axis, factor }) => {
        const value = Number(values[axis.name]);
        return left * factor > 0 ? value < axis.max : value > axis.min;
      });
      const weight = free.reduce((sum, { axis, factor }) => sum + (factor * spanOf(axis)) ** 2, 0);
      if (weight === 0) continue;
      for (const { axis, factor } of free) {
        const moved = Number(values[axis.name]) + (factor * spanOf(axis) ** 2 * left) / weight;
        values[axis.name] = Math.min(axis.max, Math.max(axis.min, moved));
      }
    }
  }
}

function spanOf({ min, max }: BoxAxis): number {
  return max - min;
}

/**
 * Meets the equalities again after rounding: an axis without steps takes what is left, else single steps are made, first where
 * rounding went furthest the other way (`exact` holds the values before it).
 */
export function settle(equalities: readonly Equality[], values: Values, exact: Values): void {
  for (let pass = 0; pass < equalities.length + 1; pass++) {
    for (const equality of equalities) {
      for (let steps = 2 * equality.terms.length; steps > 0 && !isMet(equality, values); steps--)
        if (!makeStep(equality, values, exact)) break;
    }
  }
}

function makeStep(equality: Equality, values: Values, exact: Values): boolean {
  const left = residual(equality, values);
  let best: { name: string; value: number; gain: number } | undefined;
  for (const { axis, factor } of movable(equality, values)) {
    const now = Number(values[axis.name]);
    const step = stepOf(axis);
    const wanted = step === undefined ? now + left / factor : now + Math.sign(left * factor) * step;
    const value = nearestLevel(axis, wanted);
    if (Math.abs(left - factor * (value - now)) > Math.abs(left) * (1 - MET)) continue;
    const nearer =
      Math.abs(now - Number(exact[axis.name])) - Math.abs(value - Number(exact[axis.name]));
    const gain = step === undefined ? Number.POSITIVE_INFINITY : nearer / step;
    if (best === undefined || gain > best.gain) best = { name: axis.name, value, gain };
  }
  if (best === undefined) return false;
  values[best.name] = best.value;
  return true;
}
