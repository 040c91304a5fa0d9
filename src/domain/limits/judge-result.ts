import { suggestName } from "../../core/near-name.ts";
import type { CampaignSpec } from "../campaign.ts";
import type { ObjectiveSetting } from "../goal-settings.ts";
import type { ObjectiveObservation, Observation } from "../observation.ts";
import { convertNeatly } from "./fit-set-points.ts";
import { unitOfName, unitsOfName } from "./named-unit.ts";

/** What becomes of a result before anything learns from it. */
export interface ResultJudgement {
  /** In the campaign's units. */
  readonly observations: readonly Observation[];
  /** Why it is set aside: a failure of the experiment, never learnt. */
  readonly unusable?: string | undefined;
  /** It is of no kind that the goal can use (not only of a value that cannot be true): neither would the next be. */
  readonly isMismatch?: boolean | undefined;
  /** What was converted, in sentences. */
  readonly remarks: readonly string[];
  /** Units of quantities that have got their first value here. */
  readonly units: Readonly<Record<string, string>>;
}

/** Kinds of observation that each goal learns from. */
export const LEARNT: Readonly<Record<CampaignSpec["goal"], readonly Observation["kind"][]>> = {
  "phase-diagram": ["phases"],
  "structure-map": ["phases", "trajectory"],
  optimise: ["objective"],
  "effective-model": ["curve", "objective"],
};

/** No measured number in any unit is as large; it is what a program writes for "nothing". */
const VALUE_MAX = 1e100;

/**
 * Holds the result of an experiment's last step against its campaign's goal: the wanted quantities are there, in units
 * that can be converted, and what they say can be true. `knownUnits` are those of earlier results, by quantity.
 */
export function judgeResult(
  spec: CampaignSpec,
  observations: readonly Observation[],
  knownUnits: Readonly<Record<string, string>>,
): ResultJudgement {
  const plain = { observations, remarks: [], units: {} };
  if (observations.some(({ kind }) => kind === "failure")) return plain;
  const kinds = LEARNT[spec.goal];
  if (!observations.some(({ kind }) => kinds.includes(kind))) {
    const brought = [...new Set(observations.map(({ kind }) => kind))];
    const what = brought.length === 0 ? "nothing" : brought.join(", ");
    return {
      ...plain,
      isMismatch: true,
      unusable: `it brings ${what}, but the goal ${spec.goal} needs ${kinds.join(" or ")}`,
    };
  }
  return spec.goal === "optimise" ? judgeObjectives(spec, observations, knownUnits) : plain;
}

type Optimisation = Extract<CampaignSpec, { readonly goal: "optimise" }>;
type Wanted = Pick<ObjectiveSetting, "name" | "unit" | "plausible">;

function judgeObjectives(
  spec: Optimisation,
  observations: readonly Observation[],
  knownUnits: Readonly<Record<string, string>>,
): ResultJudgement {
  const { objectives, constraints = [] } = spec.model;
  const wanted = new Map<string, Wanted>(
    [...objectives, ...constraints].map((one) => [one.name, one]),
  );
  const brought = observations.flatMap((one) => (one.kind === "objective" ? [one.name] : []));
  const plain = { observations, remarks: [], units: {} };
  const missing = objectives.find(({ name }) => !brought.includes(name));
  if (missing !== undefined)
    return {
      ...plain,
      isMismatch: true,
      unusable: `it brings no ${missing.name}: ${suggestName(missing.name, brought)}`,
    };
  const remarks: string[] = [];
  const units: Record<string, string> = {};
  const taken: Observation[] = [];
  for (const observation of observations) {
    const setting = observation.kind === "objective" ? wanted.get(observation.name) : undefined;
    if (observation.kind !== "objective" || setting === undefined) {
      taken.push(observation);
      continue;
    }
    const unit = unitOf(setting, knownUnits[setting.name] ?? units[setting.name], observation);
    const one = convertObjective(observation, unit, setting);
    if (typeof one === "string") return { ...plain, unusable: one };
    if (one !== observation)
      remarks.push(
        `${one.name} = ${observation.value} ${observation.unit} is taken as ${one.value} ${unit}`,
      );
    units[setting.name] = unit;
    taken.push(one);
  }
  return { observations: taken, remarks, units };
}

/** The unit set, else the name's, else that of the first result. */
function unitOf(
  { name, unit }: Wanted,
  known: string | undefined,
  first: ObjectiveObservation,
): string {
  const named = unitsOfName(name).length === 0 ? undefined : unitOfName(name, first.unit);
  return unit ?? named ?? known ?? first.unit;
}

/** The same value in the campaign's unit, or why it cannot be used. */
function convertObjective(
  observation: ObjectiveObservation,
  unit: string,
  { name, plausible }: Wanted,
): ObjectiveObservation | string {
  const { value, standardUncertainty } = observation;
  const converted = convertNeatly(value, observation.unit, unit);
  if (converted === undefined)
    return `${name} is in ${observation.unit}, but this campaign counts it in ${unit} (TL-3105)`;
  const { min = -VALUE_MAX, max = VALUE_MAX } = plausible ?? {};
  if (!(converted >= min && converted <= max && Math.abs(converted) < VALUE_MAX)) {
    const range =
      plausible === undefined
        ? "no measured number is"
        : `plausible is ${plausible.min ?? "-inf"} to ${plausible.max ?? "inf"} ${unit}`;
    return `${name} = ${converted} ${unit} cannot be true: ${range}`;
  }
  if (observation.unit === unit) return observation;
  const one = convertNeatly(1, observation.unit, unit) ?? 1;
  const zero = convertNeatly(0, observation.unit, unit) ?? 0;
  return {
    ...observation,
    value: converted,
    unit,
    ...(standardUncertainty === undefined
      ? {}
      : { standardUncertainty: standardUncertainty * Math.abs(one - zero) }),
  };
}
