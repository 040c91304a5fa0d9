import { hasAxis, nearestLevel } from "../../domain/box-levels.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { InputConstraint } from "../../domain/goal-settings.ts";
import type { BoxSpace } from "../../domain/search-space.ts";
import { equalitiesOf, project, settle } from "./box-equalities.ts";

/**
 * Turns any point of a box into the nearest one that can be set: without the axes that it does not have, on the equalities,
 * on the steps of each axis. `undefined` where the space has nothing of the kind, and every point can be set.
 */
export function createSetter(
  space: BoxSpace,
  constraints: readonly InputConstraint[],
): ((point: Parameters) => Parameters) | undefined {
  const equalities = equalitiesOf(space, constraints);
  const stepped = space.axes.filter((axis) => axis.resolution !== undefined);
  const depends = space.axes.some((axis) => axis.onlyIf !== undefined);
  if (equalities.length === 0 && stepped.length === 0 && !depends) return undefined;
  const rounded = space.axes.filter((axis) => axis.integer === true || stepped.includes(axis));
  return (point) => {
    const exact: Record<string, number | string> = {};
    for (const axis of space.axes) {
      const value = point[axis.name];
      if (value !== undefined && hasAxis(axis, point)) exact[axis.name] = value;
    }
    project(equalities, exact);
    const values = { ...exact };
    for (const axis of rounded) {
      const value = exact[axis.name];
      if (typeof value === "number") values[axis.name] = nearestLevel(axis, value);
    }
    settle(equalities, values, exact);
    return values;
  };
}
