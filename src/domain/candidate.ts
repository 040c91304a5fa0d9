/** Values of a candidate's axes (or of a job's set points) by name; numbers in the unit that the name states. */
export type Parameters = Readonly<Record<string, number | string>>;

/** One point that could be measured. */
export interface Candidate {
  readonly candidateId: string;
  readonly parameters: Parameters;
}

/** A closed interval; an absent side is open. */
export interface Interval {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What one set point may be: a range of numbers, or one of a few words. */
export interface Limit extends Interval {
  /** UCUM unit of min and max; absent: the unit that the name states, else the one that the instrument declares. */
  readonly unit?: string | undefined;
  /** The only texts allowed. */
  readonly oneOf?: readonly string[] | undefined;
}

/** Limits by parameter name. */
export type Limits = Readonly<Record<string, Limit>>;

/** A set point outside its limits: which, where it lies and what was allowed. */
export interface LimitViolation {
  readonly parameter: string;
  readonly value: number | string;
  readonly limit: Limit;
}

/**
 * The first set point that lies outside `limits`, or is not a number (or not one of the words) where one is limited;
 * `undefined` where all is well. Numbers are compared as they stand: whoever knows their units converts before.
 */
export function findLimitViolation(
  parameters: Parameters,
  limits: Limits,
): LimitViolation | undefined {
  for (const [parameter, limit] of Object.entries(limits)) {
    if (!Object.hasOwn(parameters, parameter)) continue;
    const value = parameters[parameter];
    if (value === undefined || isWithin(value, limit)) continue;
    return { parameter, value, limit };
  }
  return undefined;
}

/** True where a value lies within a limit; an instrument may read "1400" as a number, so a text never does where numbers are limited. */
export function isWithin(value: number | string, limit: Limit): boolean {
  const { min, max, oneOf } = limit;
  if (oneOf !== undefined) return typeof value === "string" && oneOf.includes(value);
  if (typeof value === "string") return min === undefined && max === undefined;
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

/** A limit as a person reads it: `293 to 900 K`, `one of Ar, N2`. */
export function describeLimit({ min, max, oneOf, unit }: Limit): string {
  if (oneOf !== undefined) return `one of ${oneOf.join(", ")}`;
  return `${min ?? "-inf"} to ${max ?? "inf"}${unit === undefined ? "" : ` ${unit}`}`;
}
