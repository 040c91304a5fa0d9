import type { CampaignSpec } from "./campaign.ts";
import type { PatternSettings } from "./goal-settings.ts";
import type { Observation } from "./observation.ts";
import type { StrangerBook } from "./strangers.ts";

/**
 * What a person says of the phases in a campaign's patterns. With names alone nothing is read again: samples change their
 * labels. Otherwise every pattern in the log is read again, with references as they are now on disk.
 */
export interface RereadRequest {
  /** By unknown phase: `{ "unknown-1": "Mg2Ti" }`. */
  readonly names?: Readonly<Record<string, string>> | undefined;
  /** Further references: files or folders on the daemon's machine, absolute. */
  readonly references?: readonly string[] | undefined;
  readonly strainLimits?: Readonly<Record<string, number>> | undefined;
}

/** What the patterns of one result mean now. */
export interface Reading {
  /** Of the result in the log. */
  readonly position: number;
  readonly meanings: readonly Observation[];
}

/** How the failure begins that takes the place of a meaning; also in older logs. */
export const NOT_INTERPRETED = "cannot be interpreted:";

/** What the instrument brought of a result, without what the daemon read from its patterns. */
export function broughtOf(observations: readonly Observation[]): readonly Observation[] {
  if (!observations.some(({ kind }) => kind === "pattern")) return observations;
  return observations.filter(
    (one) =>
      !(one.kind === "phases" && one.readFrom === "pattern") &&
      !(one.kind === "failure" && one.reason.startsWith(`The pattern ${NOT_INTERPRETED}`)),
  );
}

/** A result with other meanings of its patterns. */
export function withMeanings(
  observations: readonly Observation[],
  meanings: readonly Observation[],
): readonly Observation[] {
  return [...broughtOf(observations), ...meanings];
}

/** What a phase may be called: as in a message, without the sign that joins names to a set. */
const PHASE_NAME = /^[^+\s][^+]{0,63}$/;

/** Whether the request has nothing to be read for. */
export function isOnlyNames({ names, references, strainLimits }: RereadRequest): boolean {
  return names !== undefined && references === undefined && strainLimits === undefined;
}

/** Why a request cannot be; `undefined` where it can. */
export function findRereadProblem(
  spec: CampaignSpec,
  { strangers }: StrangerBook,
  { names = {}, references = [], strainLimits = {} }: RereadRequest,
): string | undefined {
  if (patternsOf(spec) === undefined)
    return "the campaign names no references (model.patterns), so it reads no patterns.";
  const ids = strangers.map(({ id }) => id);
  const strange = Object.keys(names).find((id) => !ids.includes(id));
  if (strange !== undefined)
    return `there is no unknown phase ${strange}; there ${ids.length === 0 ? "is none" : `are ${ids.join(", ")}`}.`;
  const unfit = Object.values(names).find((name) => !PHASE_NAME.test(name));
  if (unfit !== undefined)
    return `“${unfit}” cannot be the name of a phase: at most 64 characters, no + in it.`;
  const relative = references.find((path) => !/^(\/|[A-Za-z]:[\\/])/.test(path));
  if (relative !== undefined)
    return `${relative} is not absolute: say where on the daemon's machine the references are.`;
  const wide = Object.entries(strainLimits).find(([, limit]) => !(limit >= 0 && limit <= 0.2));
  return wide === undefined
    ? undefined
    : `the strain limit of ${wide[0]} is not between 0 and 0.2.`;
}

/** The campaign with the references as asked for, to be read again. */
export function withRereading(spec: CampaignSpec, request: RereadRequest): CampaignSpec {
  const patterns = patternsOf(spec);
  if (patterns === undefined) return spec;
  const { references = [], strainLimits } = request;
  return withPatterns(spec, {
    ...patterns,
    references: [...new Set([...patterns.references, ...references])],
    ...(strainLimits === undefined
      ? {}
      : { strainLimits: { ...patterns.strainLimits, ...strainLimits } }),
    reading: (patterns.reading ?? 0) + 1,
  });
}

/** The campaign with other settings for its patterns; its planner begins anew also where they are the same. */
export function withPatterns(spec: CampaignSpec, patterns: PatternSettings): CampaignSpec {
  if (spec.goal !== "phase-diagram") return spec;
  return { ...spec, model: { ...spec.model, patterns } };
}

export function patternsOf(spec: CampaignSpec): PatternSettings | undefined {
  return spec.goal === "phase-diagram" ? spec.model.patterns : undefined;
}

/** `unknown-1 is Mg2Ti`, `references /lab/new.cif`: the request in words. */
export function describeReread({
  names = {},
  references = [],
  strainLimits = {},
}: RereadRequest): string {
  const parts = [
    ...Object.entries(names).map(([id, name]) => `${id} is ${name}`),
    ...references.map((path) => `references ${path}`),
    ...Object.entries(strainLimits).map(([name, limit]) => `strain of ${name} to ${limit}`),
  ];
  return parts.length === 0 ? "all patterns" : parts.join(", ");
}
