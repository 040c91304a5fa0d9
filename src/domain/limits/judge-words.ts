import { suggestName } from "../../core/near-name.ts";
import type { CampaignSpec } from "../campaign.ts";
import type { ObjectiveObservation, Observation } from "../observation.ts";
import type { AskedNumber } from "../people.ts";
import type { CampaignResult } from "../proposal.ts";
import { convertNeatly } from "./fit-set-points.ts";
import { judgeResult, LEARNT } from "./judge-result.ts";

/** What a person says of an experiment, and what it is held against. */
export interface PersonsWord {
  readonly spec: CampaignSpec;
  readonly observations: readonly Observation[];
  /** Numbers that the step asks for. */
  readonly asks: readonly AskedNumber[];
  /** The experiment's observation: its goal must be able to use it. */
  readonly isLast: boolean;
  readonly knownUnits: Readonly<Record<string, string>>;
  readonly results: readonly CampaignResult[];
  /** Phases that nobody has seen so far are meant. */
  readonly newPhases: boolean;
}

/**
 * Holds the word of a person, who can still correct it, against everything that would set a result aside later, and against
 * slips: numbers that nobody asked for, phases that nobody has seen. Asked numbers come in the unit that was asked for.
 */
export function judgeWord(
  word: PersonsWord,
): { readonly problem: string } | { readonly observations: readonly Observation[] } {
  const taken: Observation[] = [];
  for (const observation of word.observations) {
    const one = observation.kind === "objective" ? takeNumber(word, observation) : observation;
    if (typeof one === "string") return { problem: one };
    taken.push(one);
  }
  const hasFailed = taken.some(({ kind }) => kind === "failure");
  const missing = word.asks.find(
    ({ name }) => !taken.some((one) => one.kind === "objective" && one.name === name),
  );
  if (missing !== undefined && !hasFailed)
    return { problem: `${missing.name} is missing: it is asked for in ${missing.unit}` };
  const strange = strangePhase(word);
  if (strange !== undefined) return { problem: strange };
  if (!word.isLast) return { observations: taken };
  const { unusable } = judgeResult(word.spec, taken, word.knownUnits);
  return unusable === undefined ? { observations: taken } : { problem: unusable };
}

/** Phases that a campaign knows of: those of its settings and of its results. */
function knownPhases(spec: CampaignSpec, results: readonly CampaignResult[]): string[] {
  const set = spec.goal === "phase-diagram" ? (spec.model.known ?? []) : [];
  const seen = results.flatMap(({ observations }) =>
    observations.flatMap((one) => (one.kind === "phases" ? one.phases : [])),
  );
  return [...new Set([...set.flatMap(({ phases }) => phases), ...seen])].sort();
}

function strangePhase({ spec, results, observations, newPhases }: PersonsWord): string | undefined {
  if (newPhases) return undefined;
  const known = knownPhases(spec, results);
  const said = observations.flatMap((one) => (one.kind === "phases" ? one.phases : []));
  const strange = said.find((phase) => !known.includes(phase));
  if (strange === undefined || known.length === 0) return undefined;
  return `the campaign has not seen a phase ${strange}: ${suggestName(strange, known)} (say that it is new where it is)`;
}

/** The number as it was asked for, or why it cannot be taken. */
function takeNumber(
  { spec, asks, isLast }: PersonsWord,
  observation: ObjectiveObservation,
): ObjectiveObservation | string {
  const { name, value, unit } = observation;
  const ask = asks.find((one) => one.name === name);
  if (ask === undefined) {
    const wanted = isLast ? namesWanted(spec) : [];
    if (isLast && (wanted === undefined || wanted.includes(name))) return observation;
    const names = [...asks.map((one) => one.name), ...(wanted ?? [])];
    return `nobody asks for ${name}: ${suggestName(name, names)}`;
  }
  const converted = convertNeatly(value, unit, ask.unit);
  if (converted === undefined) return `${name} is in ${unit}, but it is asked for in ${ask.unit}`;
  const { min = -Infinity, max = Infinity } = ask;
  if (!(converted >= min && converted <= max))
    return `${name} = ${converted} ${ask.unit} cannot be true: asked for is ${min} to ${max}`;
  return { ...observation, value: converted, unit: ask.unit };
}

/** Names of numbers that the goal learns from; `undefined` where any may be. */
function namesWanted(spec: CampaignSpec): string[] | undefined {
  if (!LEARNT[spec.goal].includes("objective")) return [];
  if (spec.goal !== "optimise") return undefined;
  return [...spec.model.objectives, ...(spec.model.constraints ?? [])].map(({ name }) => name);
}
