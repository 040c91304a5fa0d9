import { LabError } from "../../core/errors.ts";
import { countLevels, hasAxis } from "../../domain/box-levels.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { InputConstraint } from "../../domain/goal-settings.ts";
import type { BoxAxis, BoxSpace } from "../../domain/search-space.ts";
import { type Equality, equalitiesOf } from "./box-equalities.ts";
import { createSetter } from "./box-points.ts";
import { createUnitMap, listOf } from "./box-units.ts";
import { satisfies } from "./candidate-pool.ts";
import { asLog, createInputEncoding, type Input, type InputEncoding } from "./input-encoding.ts";

/** From so many set points on, an axis with steps is walked like a continuous one and rounded. */
const SMOOTH_LEVELS_min = 10;

/** A continuous space as the planner walks through it: parameters from and to the unit cube, one coordinate an axis. */
export interface BoxAxes {
  readonly dimensions: number;
  readonly names: readonly string[];
  readonly encoding: InputEncoding;
  /** Parameters of a point of the unit cube; integers rounded, categories picked, on the steps and equalities. */
  toParameters(unit: ArrayLike<number>): Parameters;
  /** The point of the unit cube; middle of a category's share. */
  toUnit(parameters: Parameters): Float64Array;
  /** The nearest point that can be set; the point itself where all can. */
  set(parameters: Parameters): Parameters;
  /** True where several points of the cube are one point to be set: it must not be asked for twice. */
  readonly isStepped: boolean;
  /** True where every input constraint holds. */
  isAllowed(parameters: Parameters): boolean;
  readonly equalities: readonly Equality[];
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
  const { axes, fractions = [] } = space;
  checkAxes(axes, names);
  const described = axes
    .filter((axis) => names === undefined || names.includes(axis.name))
    .map(
      ({ name, min, max, categories }): Input =>
        categories !== undefined && categories.length > 0
          ? { kind: "categorical", name, values: categories }
          : asLog({ kind: "numeric", name, min, max }, logNames),
    );
  const units = createUnitMap(space, logNames);
  const set = createSetter(space, constraints);
  return {
    dimensions: axes.length,
    names: axes.map(({ name }) => name),
    encoding: withAbsent(createInputEncoding(described), axes),
    isContinuous: axes.map(
      (axis) =>
        axis.integer !== true &&
        listOf(axis) === undefined &&
        countLevels(axis) >= (axis.resolution === undefined ? 0 : SMOOTH_LEVELS_min),
    ),
    isStepped: axes.some(
      ({ resolution, values }) => resolution !== undefined || values !== undefined,
    ),
    equalities: equalitiesOf(space, constraints),
    set: set ?? ((parameters) => parameters),
    isAllowed: (parameters) => {
      // What is not done counts nothing.
      const all = set === undefined ? parameters : { ...nothing(axes), ...parameters };
      return [...constraints, ...wholesAsConstraints(fractions)].every((c) => satisfies(all, c));
    },
    toParameters: (unit) => {
      const parameters = units.toParameters(unit);
      return set?.(parameters) ?? parameters;
    },
    toUnit: (parameters) => units.toUnit(parameters),
  };
}

function checkAxes(axes: readonly BoxAxis[], names: readonly string[] | undefined): void {
  for (const axis of axes) {
    const isCategorical = axis.categories !== undefined && axis.categories.length > 0;
    if (!isCategorical && !(Number.isFinite(axis.min) && axis.min <= axis.max))
      throw new LabError("TL-6003", `Axis ${axis.name} needs finite limits with min <= max`);
  }
  const unknown = names?.find((name) => !axes.some((axis) => axis.name === name));
  if (unknown !== undefined) throw new LabError("TL-6003", `There is no axis ${unknown}`);
}

function nothing(axes: readonly BoxAxis[]): Parameters {
  return Object.fromEntries(axes.map(({ name }) => [name, 0]));
}

function wholesAsConstraints(fractions: NonNullable<BoxSpace["fractions"]>): InputConstraint[] {
  return fractions.map(({ of, sum = 1 }) => ({
    coefficients: Object.fromEntries(of.map((name) => [name, 1])),
    min: sum,
    max: sum,
  }));
}

/**
 * An axis that a point does not have stands at the middle of its range (the first of its categories) whatever the point says:
 * all points without it are one value of it, and the category that it depends on tells them from the others.
 */
function withAbsent(encoding: InputEncoding, axes: readonly BoxAxis[]): InputEncoding {
  const dependent = axes.filter((axis) => axis.onlyIf !== undefined);
  if (dependent.length === 0) return encoding;
  const filled = (point: Parameters): Parameters => {
    const absent = dependent.filter((axis) => !hasAxis(axis, point));
    const values = absent.map(({ name, min, max, categories }): [string, number | string] => [
      name,
      categories?.[0] ?? (min > 0 ? Math.sqrt(min * max) : (min + max) / 2),
    ]);
    return { ...point, ...Object.fromEntries(values) };
  };
  return { ...encoding, encode: (point) => encoding.encode(filled(point)) };
}
