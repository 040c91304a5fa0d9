import type { Parameters } from "./candidate.ts";
import type { BoxAxis } from "./search-space.ts";
import { countSetPoints, toSetPoint } from "./set-point-resolution.ts";

/** Steps of an axis on which not every number can be set; `undefined` where every number can. */
export function stepOf({ integer, resolution }: BoxAxis): number | undefined {
  return integer === true ? 1 : resolution;
}

/**
 * The nearest set point of a numeric axis within its limits: a listed value, a multiple of the resolution, a whole number, or the
 * number itself.
 */
export function nearestLevel(axis: BoxAxis, value: number): number {
  const { min, max, values } = axis;
  if (values !== undefined)
    return values.reduce((best, one) =>
      Math.abs(one - value) < Math.abs(best - value) ? one : best,
    );
  const within = Math.min(max, Math.max(min, value));
  return toSetPoint(within, { min, max, resolution: stepOf(axis) });
}

/** How many set points a numeric axis has; infinite where every number is one. */
export function countLevels(axis: BoxAxis): number {
  const { min, max, values } = axis;
  if (values !== undefined) return values.length;
  return countSetPoints({ min, max, resolution: stepOf(axis) });
}

/** True where a point has this axis: it depends on no category, or on one that the point has. */
export function hasAxis({ onlyIf }: BoxAxis, point: Parameters): boolean {
  return onlyIf === undefined || onlyIf.is.includes(String(point[onlyIf.axis]));
}
