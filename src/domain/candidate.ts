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

/** Limits by parameter name. */
export type Limits = Readonly<Record<string, Interval>>;

/** A set point outside its limits: which, where it lies and what was allowed. */
export interface LimitViolation {
  readonly parameter: string;
  readonly value: number | string;
  readonly limit: Interval;
}

/** The first set point that lies outside `limits` or is not a number where one is limited; `undefined` where all is well. */
export function findLimitViolation(
  parameters: Parameters,
  limits: Limits,
): LimitViolation | undefined {
  for (const [parameter, limit] of Object.entries(limits)) {
    const value = parameters[parameter];
    if (value === undefined) continue;
    if (typeof value === "string") {
      // An instrument may read "1400" as a number: where numbers are limited, only a number can be checked.
      if (limit.min !== undefined || limit.max !== undefined) return { parameter, value, limit };
      continue;
    }
    const low = limit.min ?? Number.NEGATIVE_INFINITY;
    const high = limit.max ?? Number.POSITIVE_INFINITY;
    if (!(value >= low && value <= high)) return { parameter, value, limit };
  }
  return undefined;
}
