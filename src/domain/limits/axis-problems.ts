import { nearestLevel } from "../box-levels.ts";
import { type RecipeStep, resolveParameters, statedUnits } from "../recipe.ts";
import type { SearchSpace } from "../search-space.ts";
import type { Order } from "./fit-set-points.ts";

/** Of a longer axis nothing is claimed: a value that fits may be among the rest. */
const VALUES_MAX = 2_000;
/** Places at which a continuous axis is looked at. */
const PLACES = 1_001;

/**
 * Why a set point that follows an axis can be sent for no point at all; `undefined` where one value passes. `refuse` says
 * why an order of this set point alone is refused.
 */
export function refusalOfAxis(
  step: RecipeStep,
  name: string,
  space: SearchSpace,
  refuse: (order: Order) => string | undefined,
): string | undefined {
  const source = step.parameters[name];
  if (typeof source !== "object" || !("axis" in source)) return undefined;
  const alone = { ...step, parameters: { [name]: source } };
  const units = statedUnits(alone);
  let first: string | undefined;
  for (const value of valuesOf(space, source.axis) ?? []) {
    const refusal = refuse({
      parameters: resolveParameters(alone, { [source.axis]: value }),
      units,
    });
    if (refusal === undefined) return undefined;
    first ??= refusal;
  }
  return first === undefined
    ? undefined
    : `${first.replace(/\.$/, "")}; no value of the axis ${source.axis} passes`;
}

/** Every value that an axis takes; `undefined` where they are too many, or the axis is none of this space. */
function valuesOf(space: SearchSpace, axis: string): readonly (number | string)[] | undefined {
  switch (space.kind) {
    case "grid":
      return few(space.axes.find(({ name }) => name === axis)?.values);
    case "simplex-grid":
      return space.components.includes(axis)
        ? few(steps(0, 1, Math.round(1 / space.step)))
        : few(space.further?.find(({ name }) => name === axis)?.values);
    case "table": {
      const column = new Set(space.rows.flatMap((row) => row[axis] ?? []));
      return column.size === 0 ? undefined : few([...column]);
    }
    case "box": {
      const found = space.axes.find(({ name }) => name === axis);
      if (found === undefined) return undefined;
      if (found.categories !== undefined) return found.categories;
      if (found.values !== undefined) return few(found.values);
      const places = steps(found.min, found.max, PLACES - 1);
      if (found.resolution === undefined) return places;
      return [...new Set(places.map((place) => nearestLevel(found, place)))];
    }
  }
}

function few<Value>(values: readonly Value[] | undefined): readonly Value[] | undefined {
  return values !== undefined && values.length <= VALUES_MAX ? values : undefined;
}

function steps(from: number, to: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, k) => from + ((to - from) * k) / count);
}
