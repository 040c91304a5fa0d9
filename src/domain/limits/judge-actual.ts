import type { Limit, Limits, Parameters } from "../candidate.ts";
import type { Capability } from "../instrument.ts";
import { convertNeatly, refusalByLimits } from "./fit-set-points.ts";
import { unitOfName } from "./named-unit.ts";

/** A measured value may pass its limit by so much of the range: it carries an error, a set point does not. */
const TOLERANCE = 0.02;

/** What an instrument reports of its set points, in the units of their names instead of those that its birth declares. */
export function actualInNamedUnits(
  actual: Parameters,
  declared: Capability["parameters"],
): Parameters {
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => {
      const unit = Object.hasOwn(declared, name) ? declared[name]?.unit : undefined;
      const named = unit === undefined ? undefined : unitOfName(name, unit);
      if (typeof value === "string" || unit === undefined || named === undefined)
        return [name, value];
      return [name, convertNeatly(value, unit, named) ?? value];
    }),
  );
}

/** Why what an instrument reports cannot have been allowed; `undefined` where it can. */
export function findActualProblem(
  actual: Parameters,
  limits: readonly { readonly whose: string; readonly limits: Limits }[],
  declared: Capability["parameters"],
): string | undefined {
  for (const { whose, limits: one } of limits) {
    const problem = refusalByLimits({ parameters: actual }, widened(one), whose, declared);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function widened(limits: Limits): Limits {
  return Object.fromEntries(
    Object.entries(limits).flatMap(([name, limit]): [string, Limit][] => {
      const { min, max, unit } = limit;
      if (min === undefined && max === undefined) return [];
      const width = min !== undefined && max !== undefined ? max - min : Math.abs(max ?? min ?? 0);
      const slack = TOLERANCE * width;
      const low = min === undefined ? {} : { min: min - slack };
      const high = max === undefined ? {} : { max: max + slack };
      return [[name, { ...low, ...high, ...(unit === undefined ? {} : { unit }) }]];
    }),
  );
}
