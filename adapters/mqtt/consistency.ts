import { parseUnit } from "../../src/core/units.ts";
import type { Composition, Observation, PatternObservation } from "../../src/domain/observation.ts";
import type { MessageData } from "./contract.ts";

/**
 * What a schema cannot say: units that exist, lists of equal length, amounts that belong to phases that were found.
 * Each function returns the first problem as `path: what is wrong`, or `undefined`.
 */

/** Measured mole fractions carry errors, and a trace element may go unmeasured; at.% (sum 100) or nothing at all may not. */
const COMPOSITION_SUM_TOLERANCE = 0.1;

export function findBirthProblem(data: MessageData<"instrumentBirth">): string | undefined {
  const seen = new Set<string>();
  for (const [k, capability] of data.capabilities.entries()) {
    const path = `data.capabilities[${k}]`;
    if (seen.has(capability.name)) return `${path}.name: ${capability.name} is announced twice`;
    seen.add(capability.name);
    for (const [name, declared] of Object.entries(capability.parameters)) {
      const problem = findSetPointProblem(`${path}.parameters.${name}`, declared);
      if (problem !== undefined) return problem;
    }
    if (capability.others === undefined) continue;
    const problem = findSetPointProblem(`${path}.others`, capability.others, true);
    if (problem !== undefined) return problem;
  }
  for (const [channel, { unit }] of Object.entries(data.channels ?? {})) {
    const problem = findUnitProblem(`data.channels.${channel}`, unit);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type SetPoint = MessageData<"instrumentBirth">["capabilities"][number]["parameters"][string];

/** A number has a unit, a choice its words, a ramp a unit of its own. */
function findSetPointProblem(
  path: string,
  { unit, min, max, type, choices, ramp }: SetPoint,
  mayLackUnit = false,
): string | undefined {
  const isText = type === "text" || type === "choice";
  if (unit === undefined && !isText && !mayLackUnit)
    return `${path}.unit: is missing; a number has a unit (1 for a pure number)`;
  if (type === "choice" && choices === undefined) return `${path}.choices: is missing`;
  if (min !== undefined && max !== undefined && min > max)
    return `${path}: min ${min} is above max ${max}`;
  return (
    (unit === undefined ? undefined : findUnitProblem(path, unit)) ??
    (ramp === undefined ? undefined : findUnitProblem(`${path}.ramp`, ramp.unit))
  );
}

export function findTelemetryProblem(data: MessageData<"telemetry">): string | undefined {
  return findUnitProblem("data", data.unit);
}

/** `at` is where the observations stand. */
export function findResultProblem(
  { observations = [] }: { readonly observations?: readonly Observation[] | undefined },
  at = "data",
): string | undefined {
  for (const [k, observation] of observations.entries()) {
    const problem = findObservationProblem(`${at}.observations[${k}]`, observation);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findObservationProblem(path: string, observation: Observation): string | undefined {
  if (observation.kind === "objective") return findUnitProblem(path, observation.unit);
  if (observation.kind === "curve") {
    const length = observation.axis.values.length;
    const errors = observation.standardUncertainty;
    return (
      findUnitProblem(path, observation.unit) ??
      findUnitProblem(`${path}.axis`, observation.axis.unit) ??
      findLengthProblem(`${path}.values`, observation.values.length, length) ??
      (errors && findLengthProblem(`${path}.standardUncertainty`, errors.length, length))
    );
  }
  if (observation.kind === "pattern") return findPatternProblem(path, observation);
  if (observation.kind !== "phases") return undefined;
  const phases = new Set(observation.phases);
  if (phases.size < observation.phases.length) return `${path}.phases: a phase is named twice`;
  for (const field of ["fractions", "compositions"] as const) {
    const stranger = Object.keys(observation[field] ?? {}).find((phase) => !phases.has(phase));
    if (stranger !== undefined)
      return `${path}.${field}.${stranger}: not one of the phases that were found`;
  }
  for (const [phase, composition] of Object.entries(observation.compositions ?? {})) {
    const problem = findSumProblem(`${path}.compositions.${phase}`, composition);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const AXIS_UNITS = { twoTheta: "deg", Q: "1/nm", d: "angstrom" } as const;

function findPatternProblem(
  path: string,
  { axis, values }: PatternObservation,
): string | undefined {
  const unit = AXIS_UNITS[axis.name];
  if (axis.unit !== unit) return `${path}.axis.unit: ${axis.name} is in ${unit}, not ${axis.unit}`;
  const rising = axis.values.every((value, k) => k === 0 || value > axis.values[k - 1]!);
  const falling = axis.values.every((value, k) => k === 0 || value < axis.values[k - 1]!);
  if (!rising && !falling) return `${path}.axis.values: neither rising nor falling throughout`;
  return findLengthProblem(`${path}.values`, values.length, axis.values.length);
}

function findSumProblem(path: string, composition: Composition): string | undefined {
  const sum = Object.values(composition).reduce((total, amount) => total + amount, 0);
  return Math.abs(sum - 1) <= COMPOSITION_SUM_TOLERANCE
    ? undefined
    : `${path}: mole fractions sum to ${sum}, expected 1`;
}

function findUnitProblem(path: string, unit: string): string | undefined {
  return parseUnit(unit) === undefined
    ? `${path}.unit: ${JSON.stringify(unit)} is not a known UCUM unit`
    : undefined;
}

function findLengthProblem(path: string, length: number, expected: number): string | undefined {
  return length === expected
    ? undefined
    : `${path}: ${length} values, expected ${expected} as on the axis`;
}
