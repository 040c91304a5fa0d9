import type { Parameters } from "./candidate.ts";
import type { BoxAxis } from "./search-space.ts";

/** Digits to which a multiple of a resolution is written: 0.1 * 3 is 0.3. */
const DIGITS = 12;
/** A limit that misses a multiple by this share of a step is that multiple. */
const SLACK = 1e-9;

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
  const step = stepOf(axis);
  if (step === undefined) return within;
  const low = Math.ceil(min / step - SLACK);
  const high = Math.floor(max / step + SLACK);
  const multiple = Math.min(high, Math.max(low, Math.round(within / step)));
  return Number((multiple * step).toPrecision(DIGITS));
}

/** How many set points a numeric axis has; infinite where every number is one. */
export function countLevels(axis: BoxAxis): number {
  const { min, max, values } = axis;
  if (values !== undefined) return values.length;
  const step = stepOf(axis);
  if (step === undefined) return max > min ? Number.POSITIVE_INFINITY : 1;
  return Math.floor(max / step + SLACK) - Math.ceil(min / step - SLACK) + 1;
}

/** True where a point has this axis: it depends on no category, or on one that the point has. */
export function hasAxis({ onlyIf }: BoxAxis, point: Parameters): boolean {
  return onlyIf === undefined || onlyIf.is.includes(String(point[onlyIf.axis]));
}
