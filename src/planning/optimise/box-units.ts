import type { Parameters } from "../../domain/candidate.ts";
import type { BoxAxis, BoxSpace, Fractions } from "../../domain/search-space.ts";
import { fromUnit, toUnit } from "./input-encoding.ts";

/** Points of a box from and to the unit cube, before they are made such as can be set. */
export interface UnitMap {
  toParameters(unit: ArrayLike<number>): Parameters;
  toUnit(parameters: Parameters): Float64Array;
}

/** One coordinate an axis; fractions of one whole are read together. */
export function createUnitMap(space: BoxSpace, logNames: readonly string[]): UnitMap {
  const { axes, fractions = [] } = space;
  const numeric = (axis: BoxAxis) =>
    ({ ...axis, kind: "numeric", isLog: logNames.includes(axis.name) }) as const;
  const toValue = (axis: BoxAxis, u: number): number | string => {
    const { min, max, integer } = axis;
    const listed = listOf(axis);
    if (listed !== undefined)
      return listed[Math.min(listed.length - 1, Math.floor(u * listed.length))] ?? "";
    if (integer === true) return Math.min(max, min + Math.floor(u * (max - min + 1)));
    return fromUnit(numeric(axis), u);
  };
  const placeOf = (axis: BoxAxis, value: number | string | undefined): number => {
    const { min, max, integer } = axis;
    const listed = listOf(axis);
    if (listed !== undefined) {
      const at = listed.findIndex((one) => String(one) === String(value));
      return (Math.max(0, at) + 0.5) / listed.length;
    }
    if (!(max > min) || value === undefined) return 0.5;
    if (integer === true) return (Number(value) - min + 0.5) / (max - min + 1);
    return toUnit(numeric(axis), Number(value));
  };
  const position = new Map(axes.map(({ name }, k) => [name, k]));
  const wholes = fractions.map((one) => ({
    ...roomOf(space, one),
    at: one.of.map((name) => position.get(name) ?? 0),
  }));
  return {
    toParameters: (unit) => {
      const values = axes.map((axis, k) => toValue(axis, unit[k] ?? 0));
      for (const { at, lows, room } of wholes) {
        const shares = sharesOf(at.map((k) => unit[k] ?? 0));
        at.forEach((k, i) => {
          values[k] = (lows[i] ?? 0) + room * (shares[i] ?? 0);
        });
      }
      return Object.fromEntries(axes.map(({ name }, k) => [name, values[k] ?? ""]));
    },
    toUnit: (parameters) => {
      const unit = Float64Array.from(axes, (axis) => placeOf(axis, parameters[axis.name]));
      for (const { at, lows, room } of wholes) {
        const shares = at.map(
          (k, i) => (Number(parameters[axes[k]?.name ?? ""] ?? 0) - (lows[i] ?? 0)) / (room || 1),
        );
        unitOfShares(shares).forEach((u, i) => {
          unit[at[i] ?? 0] = u;
        });
      }
      return unit;
    },
  };
}

/** The names or numbers that an axis has and no others. */
export function listOf({ categories, values }: BoxAxis): readonly (number | string)[] | undefined {
  return categories !== undefined && categories.length > 0 ? categories : values;
}

/** Shares x of a whole from as many coordinates u of the unit cube: -ln(1 - u) over their sum, even on the simplex where u is even. */
function sharesOf(unit: readonly number[]): number[] {
  const sizes = unit.map((u) => -Math.log1p(-Math.min(1 - 1e-12, Math.max(0, u))));
  const sum = sizes.reduce((a, b) => a + b, 0);
  return sizes.map((size) => (sum > 0 ? size / sum : 1 / sizes.length));
}

/** Coordinates of the unit cube that give these shares, of those with the mean of even ones. */
function unitOfShares(shares: readonly number[]): number[] {
  return shares.map((share) => -Math.expm1(-Math.max(0, share) * shares.length));
}

/** What is left of a whole above the lower limits of its parts, and these limits. */
function roomOf(space: BoxSpace, { of, sum = 1 }: Fractions): { lows: number[]; room: number } {
  const lows = of.map((name) => space.axes.find((axis) => axis.name === name)?.min ?? 0);
  return { lows, room: sum - lows.reduce((a, b) => a + b, 0) };
}
