import type { Approval, CampaignSpec } from "./campaign.ts";
import type { Limit, Limits } from "./candidate.ts";
import { namesOfCampaign } from "./limits/campaign-limits.ts";
import { findUnitClash } from "./limits/named-unit.ts";
import { findHoursProblem, type OpeningHours } from "./opening-hours.ts";

/** What a person may change of a campaign that runs. Absent fields stay as they are. */
export interface CampaignChanges {
  readonly budget?: number | undefined;
  readonly inFlight?: number | undefined;
  readonly approval?: Approval | undefined;
  /** 0: approvals do not expire. */
  readonly approvalExpires_s?: number | undefined;
  /** By parameter; an empty interval takes the limit away. */
  readonly limits?: Limits | undefined;
  /** An empty text takes the hours away. */
  readonly hours?: OpeningHours | undefined;
  /** Settings of the model's stop rule, by the names of the configuration; 0 takes one away. */
  readonly stop?: Readonly<Record<string, number>> | undefined;
}

/** Names of the stop rule's settings, by goal. */
const STOP_SETTINGS: Readonly<Record<CampaignSpec["goal"], readonly string[]>> = {
  "phase-diagram": ["mapUnchanged", "error_max", "unseenChance_max"],
  "structure-map": ["mapUnchanged", "error_max", "unseenChance_max"],
  optimise: ["expectedGain_min", "regret_max"],
  "effective-model": ["error_max"],
};

/** What of a change cannot be, in words; `undefined` where all of it can. */
export function findChangeProblem(
  changes: CampaignChanges,
  spec: CampaignSpec,
): string | undefined {
  const { limits = {}, hours = {}, stop = {} } = changes;
  const known = namesOfCampaign(spec);
  const strange = Object.keys(limits).find((name) => !known.includes(name));
  if (strange !== undefined)
    return `no axis and no recipe of the campaign has ${strange}; there are ${known.join(", ")}.`;
  const upsideDown = Object.entries(limits).find(
    ([, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }]) => min > max,
  );
  if (upsideDown !== undefined) return `${upsideDown[0]}: min must not be larger than max.`;
  const capabilities = capabilitiesOf(spec);
  const foreign = Object.keys(hours.starts ?? {}).find((name) => !capabilities.has(name));
  if (foreign !== undefined)
    return `no recipe of the campaign asks for ${foreign}; there are ${[...capabilities].join(", ")}.`;
  for (const text of [hours.approvals, ...Object.values(hours.starts ?? {})]) {
    const problem = text === undefined || text === "" ? undefined : findHoursProblem(text);
    if (problem !== undefined) return `${problem}.`;
  }
  const rules = STOP_SETTINGS[spec.goal];
  const unknown = Object.keys(stop).find((name) => !rules.includes(name));
  if (unknown !== undefined)
    return `a ${spec.goal} campaign has no stop setting ${unknown}; there are ${rules.join(", ")}.`;
  return Object.keys(changes).length === 0 ? "nothing is to be changed." : undefined;
}

/** Why a changed limit cannot be in its unit; as told for a limit of the configuration. */
export function findLimitUnitProblem({ limits = {} }: CampaignChanges): string | undefined {
  const problem = Object.entries(limits)
    .map(([name, { unit }]) => findUnitClash(name, unit))
    .find((text) => text !== undefined);
  return problem === undefined ? undefined : `${problem}.`;
}

/** Limits that hold at once (nothing that was forbidden is allowed), and those that somebody must approve. */
export function splitLimits(
  now: Limits,
  wanted: Limits,
): { readonly tighter: Limits; readonly wider: Limits } {
  const tighter: Record<string, Limit> = {};
  const wider: Record<string, Limit> = {};
  for (const [name, interval] of Object.entries(wanted))
    (isWithin(interval, now[name] ?? {}) ? tighter : wider)[name] = interval;
  return { tighter, wider };
}

/** The campaign as it is after the change. */
export function applyChanges(spec: CampaignSpec, changes: CampaignChanges): CampaignSpec {
  const { budget, inFlight, approval, approvalExpires_s, limits, hours, stop } = changes;
  const changed = {
    ...spec,
    ...(budget === undefined ? {} : { budget }),
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(approval === undefined ? {} : { approval }),
    ...(approvalExpires_s === undefined
      ? {}
      : { approvalExpires_s: approvalExpires_s === 0 ? undefined : approvalExpires_s }),
    ...(limits === undefined ? {} : { limits: withoutEmpty({ ...spec.limits, ...limits }) }),
    ...(hours === undefined ? {} : { hours: mergeHours(spec.hours ?? {}, hours) }),
  };
  return stop === undefined ? changed : withStop(changed, stop);
}

/** The change in words, a part each: `budget 12 -> 20`. */
export function describeChanges(changes: CampaignChanges, before: CampaignSpec): string[] {
  const { budget, inFlight, approval, approvalExpires_s, limits = {}, hours, stop } = changes;
  const parts: string[] = [];
  if (budget !== undefined) parts.push(`budget ${before.budget} -> ${budget}`);
  if (inFlight !== undefined) parts.push(`in flight ${before.inFlight} -> ${inFlight}`);
  if (approval !== undefined) parts.push(`approval ${before.approval} -> ${approval}`);
  if (approvalExpires_s !== undefined)
    parts.push(
      approvalExpires_s === 0
        ? "approvals do not expire"
        : `approvals expire after ${approvalExpires_s} s`,
    );
  for (const [name, interval] of Object.entries(limits))
    parts.push(`${name} ${limitInWords(before.limits[name] ?? {})} -> ${limitInWords(interval)}`);
  if (hours?.approvals !== undefined)
    parts.push(`approvals ${hours.approvals === "" ? "at any time" : hours.approvals}`);
  for (const [name, text] of Object.entries(hours?.starts ?? {}))
    parts.push(`${name} starts ${text === "" ? "at any time" : text}`);
  if (stop !== undefined)
    parts.push(`stop rule ${Object.entries(stop).map(([name, value]) => `${name} ${value}`)}`);
  return parts;
}

/** `..750`, `20..600 Cel`, `argon or vacuum`, `any`. */
export function limitInWords({ min, max, unit, oneOf }: Limit): string {
  if (oneOf !== undefined) return oneOf.join(" or ");
  if (min === undefined && max === undefined) return "any";
  return `${min ?? ""}..${max ?? ""}${unit === undefined ? "" : ` ${unit}`}`;
}

/** Limits of different kinds or units are not compared: then a person is asked. */
function isWithin(inner: Limit, outer: Limit): boolean {
  if (isEmpty(outer)) return true;
  if (inner.unit !== outer.unit) return false;
  if (inner.oneOf !== undefined || outer.oneOf !== undefined)
    return inner.oneOf?.every((word) => outer.oneOf?.includes(word)) ?? false;
  const low = inner.min ?? Number.NEGATIVE_INFINITY;
  const high = inner.max ?? Number.POSITIVE_INFINITY;
  return (
    low >= (outer.min ?? Number.NEGATIVE_INFINITY) &&
    high <= (outer.max ?? Number.POSITIVE_INFINITY)
  );
}

function withoutEmpty(limits: Limits): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => !isEmpty(limit)));
}

function isEmpty({ min, max, oneOf }: Limit): boolean {
  return min === undefined && max === undefined && oneOf === undefined;
}

function mergeHours(
  before: OpeningHours,
  { approvals, starts }: OpeningHours,
): OpeningHours | undefined {
  const merged = Object.entries({ ...before.starts, ...starts }).filter(([, text]) => text !== "");
  const given = approvals ?? before.approvals;
  const taken = given === "" ? undefined : given;
  if (taken === undefined && merged.length === 0) return undefined;
  return {
    ...(taken === undefined ? {} : { approvals: taken }),
    ...(merged.length === 0 ? {} : { starts: Object.fromEntries(merged) }),
  };
}

function withStop(spec: CampaignSpec, stop: Readonly<Record<string, number>>): CampaignSpec {
  if (spec.goal === "effective-model") {
    const { error_max = 0 } = stop;
    const { target, ...model } = spec.model;
    const quantity = target?.quantity ?? "spinGap_meV";
    return {
      ...spec,
      model: error_max === 0 ? model : { ...model, target: { quantity, error_max } },
    };
  }
  const kept = Object.entries({ ...spec.model.stop, ...stop }).filter(([, value]) => value !== 0);
  const { stop: _, ...model } = spec.model;
  const changed = kept.length === 0 ? model : { ...model, stop: Object.fromEntries(kept) };
  return { ...spec, model: changed } as CampaignSpec;
}

function capabilitiesOf(spec: CampaignSpec): Set<string> {
  return new Set(stepsOf(spec).map(({ capability }) => capability));
}

function stepsOf({ recipe, alternatives = {} }: CampaignSpec) {
  return [recipe, ...Object.values(alternatives)].flatMap(({ steps }) => steps);
}
