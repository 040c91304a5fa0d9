import { LabError } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { InputConstraint } from "../../domain/goal-settings.ts";
import type { BoxSpace } from "../../domain/search-space.ts";
import { toSetPoint } from "../../domain/set-point-resolution.ts";
import { satisfies } from "./candidate-pool.ts";
import {
  asLog,
  createInputEncoding,
  fromUnit,
  type Input,
  type InputEncoding,
  toUnit,
} from "./input-encoding.ts";

/** A continuous space as the planner walks through it: parameters from and to the unit cube, one coordinate an axis. */
export interface BoxAxes {
  readonly dimensions: number;
  readonly encoding: InputEncoding;
  /** Parameters of a point of the unit cube; integers and resolutions rounded, categories picked. */
  toParameters(unit: ArrayLike<number>): Parameters;
  /** The point of the unit cube; middle of a category's share. */
  toUnit(parameters: Parameters): Float64Array;
  /** The nearest parameters that can be set: multiples of the axes' resolutions. */
  toSetPoints(parameters: Parameters): Parameters;
  /** True where every input constraint holds. */
  isAllowed(parameters: Parameters): boolean;
  /** Axes on which a score may be followed by its gradient. */
  readonly isContinuous: readonly boolean[];
}

/** Checks and describes the axes. Throws TL-6003. */
export function createBoxAxes(
  space: BoxSpace,
  names: readonly string[] | undefined,
  constraints: readonly InputConstraint[],
  logNames: readonly string[] = [],
): BoxAxes {
  const { axes } = space;
  for (const axis of axes) {
    const isCategorical = axis.categories !== undefined && axis.categories.length > 0;
    if (!isCategorical && !(Number.isFinite(axis.min) && axis.min <= axis.max))
      throw new LabError("TL-6003", `Axis ${axis.name} needs finite limits with min <= max`);
  }
  const unknown = names?.find((name) => !axes.some((axis) => axis.name === name));
  if (unknown !== undefined) throw new LabError("TL-6003", `There is no axis ${unknown}`);
  const described = axes
    .filter((axis) => names === undefined || names.includes(axis.name))
    .map(
      ({ name, min, max, categories }): Input =>
        categories !== undefined && categories.length > 0
          ? { kind: "categorical", name, values: categories }
          : asLog({ kind: "numeric", name, min, max }, logNames),
    );
  const toValue = (axis: BoxSpace["axes"][number], u: number): number | string => {
    const { min, max, integer, categories } = axis;
    if (categories !== undefined && categories.length > 0)
      return categories[Math.min(categories.length - 1, Math.floor(u * categories.length))] ?? "";
    if (integer === true) return Math.min(max, min + Math.floor(u * (max - min + 1)));
    const value = fromUnit({ ...axis, kind: "numeric", isLog: logNames.includes(axis.name) }, u);
    return toSetPoint(value, axis);
  };
  const ranges = new Map(axes.map((axis) => [axis.name, axis]));
  return {
    dimensions: axes.length,
    encoding: createInputEncoding(described),
    isContinuous: axes.map((axis) => axis.integer !== true && (axis.categories?.length ?? 0) === 0),
    isAllowed: (parameters) => constraints.every((c) => satisfies(parameters, c)),
    toSetPoints: (parameters) =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => {
          const range = ranges.get(name);
          const isSet = typeof value === "number" && range?.resolution !== undefined;
          return [name, isSet ? toSetPoint(value, range) : value];
        }),
      ),
    toParameters: (unit) =>
      Object.fromEntries(axes.map((axis, k) => [axis.name, toValue(axis, unit[k] ?? 0)])),
    toUnit: (parameters) =>
      Float64Array.from(axes, ({ name, min, max, integer, categories }) => {
        const value = parameters[name];
        if (categories !== undefined && categories.length > 0)
          return (Math.max(0, categories.indexOf(String(value))) + 0.5) / categories.length;
        if (!(max > min)) return 0.5;
        if (integer === true) return (Number(value) - min + 0.5) / (max - min + 1);
        return toUnit(
          { kind: "numeric", name, min, max, isLog: logNames.includes(name) },
          Number(value),
        );
      }),
  };
}
