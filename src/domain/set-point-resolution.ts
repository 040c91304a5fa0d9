/** A range and the step of what can be set in it. */
export interface SetPointRange {
  readonly min: number;
  readonly max: number;
  /** Set points are whole multiples of it; absent: any number. */
  readonly resolution?: number | undefined;
}

/** Ends of a range count as multiples within this share of a step: 0.3 is three times 0.1. */
const SLACK = 1e-9;

/** How many set points the range has; infinite where any number is one. */
export function countSetPoints({ min, max, resolution }: SetPointRange): number {
  if (resolution === undefined) return max > min ? Number.POSITIVE_INFINITY : 1;
  return Math.floor(max / resolution + SLACK) - Math.ceil(min / resolution - SLACK) + 1;
}

/** True where a number can be set: a multiple of the resolution. */
export function isSetPoint(value: number, { resolution }: Pick<SetPointRange, "resolution">) {
  if (resolution === undefined) return true;
  return Math.abs(value / resolution - Math.round(value / resolution)) <= SLACK * 1e3;
}

/** The nearest multiple of the resolution within the range, without the dust of binary fractions (0.3, not 0.30000000000000004). */
export function toSetPoint(value: number, { min, max, resolution }: SetPointRange): number {
  if (resolution === undefined) return value;
  const first = Math.ceil(min / resolution - SLACK);
  const last = Math.floor(max / resolution + SLACK);
  const steps = Math.min(last, Math.max(first, Math.round(value / resolution)));
  return Number((steps * resolution).toPrecision(12));
}
