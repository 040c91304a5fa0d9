import { splitLimits } from "../campaign-changes.ts";
import { describeLimit, type Limit, type Limits } from "../candidate.ts";
import { areHoursWithin, type HoursText } from "../opening-hours.ts";
import { namesOfCondition } from "./condition.ts";
import type { Guard, GuardAction } from "./guard.ts";
import type { InstrumentPolicies, InstrumentPolicy, KnownBirth } from "./known-laboratory.ts";

/** Under this name, in place of a campaign's, people decide about wider limits of instruments. */
export const INSTRUMENTS = "instruments";

/** What of an edited configuration holds at once, and what of it waits for a person. */
export interface PolicyChange {
  /** Everything that the old word or the new one forbids is forbidden. */
  readonly atOnce: InstrumentPolicies;
  /** What would be allowed that is forbidden now, a sentence's part each; empty where nothing waits. */
  readonly wider: readonly string[];
}

/**
 * Nothing that was forbidden becomes allowed by an edited file alone. What limits nothing (an id that nobody has, a set
 * point or a channel that the birth lacks) is corrected at once.
 */
export function changePolicies(
  now: InstrumentPolicies,
  wanted: InstrumentPolicies,
  births: ReadonlyMap<string, KnownBirth>,
): PolicyChange {
  const wider: string[] = [];
  const atOnce: Record<string, InstrumentPolicy> = { ...wanted };
  for (const [id, birth] of births) {
    const before = now[id];
    if (before === undefined) continue;
    const told = wider.length;
    const tell = (text: string): void => void wider.push(`${id}: ${text}`);
    const policy = strictest(withoutSlips(before, birth), wanted[id] ?? { limits: {} }, tell);
    if (Object.hasOwn(wanted, id) || wider.length > told) atOnce[id] = policy;
  }
  return { atOnce, wider };
}

/** Of a policy what its instrument's birth carries. */
function withoutSlips(policy: InstrumentPolicy, birth: KnownBirth): InstrumentPolicy {
  const isCarried = (name: string): boolean =>
    birth.capabilities.some(
      ({ parameters, others }) => others !== undefined || Object.hasOwn(parameters, name),
    );
  const { channels } = birth;
  const { limits, conditions, guards } = policy;
  return {
    ...policy,
    limits: Object.fromEntries(Object.entries(limits).filter(([name]) => isCarried(name))),
    conditions: conditions?.filter((one) => namesOfCondition(one).every(isCarried)),
    guards: guards?.filter(
      ({ channel }) => channels === undefined || Object.hasOwn(channels, channel),
    ),
  };
}

function strictest(
  now: InstrumentPolicy,
  wanted: InstrumentPolicy,
  tell: (text: string) => void,
): InstrumentPolicy {
  return {
    limits: strictestLimits(now.limits, wanted.limits, tell),
    conditions: strictestConditions(now, wanted, tell),
    guards: strictestGuards(now.guards ?? [], wanted.guards ?? [], tell),
    hours: strictestHours(now.hours, wanted.hours, tell),
  };
}

function strictestLimits(now: Limits, wanted: Limits, tell: (text: string) => void): Limits {
  const dropped = Object.keys(now).filter((name) => !Object.hasOwn(wanted, name));
  const all = {
    ...wanted,
    ...Object.fromEntries(dropped.map((name): [string, Limit] => [name, {}])),
  };
  const { tighter, wider } = splitLimits(now, all);
  const kept = Object.entries(wider).map(([name, limit]): [string, Limit] => {
    const before = now[name] ?? {};
    const after = dropped.includes(name) ? "no limit" : describeLimit(limit);
    tell(`${name} from ${describeLimit(before)} to ${after}`);
    return [name, overlap(before, limit)];
  });
  return { ...now, ...tighter, ...Object.fromEntries(kept) };
}

/** What both allow, where they can be compared; else the one that holds. */
function overlap(before: Limit, after: Limit): Limit {
  if (before.oneOf !== undefined || after.oneOf !== undefined || before.unit !== after.unit)
    return before;
  const min = larger(before.min, after.min);
  const max = larger(negative(before.max), negative(after.max));
  return {
    ...(before.unit === undefined ? {} : { unit: before.unit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max: -max }),
  };
}

const negative = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : -value;
const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

function strictestConditions(
  now: InstrumentPolicy,
  wanted: InstrumentPolicy,
  tell: (text: string) => void,
): InstrumentPolicy["conditions"] {
  const said = ({ always, never }: { always?: string | undefined; never?: string | undefined }) =>
    always === undefined ? `never ${never}` : `always ${always}`;
  const texts = new Set((wanted.conditions ?? []).map(said));
  const left = (now.conditions ?? []).filter((one) => !texts.has(said(one)));
  for (const one of left) tell(`without the condition "${said(one)}"`);
  const all = [...(wanted.conditions ?? []), ...left];
  return all.length === 0 ? undefined : all;
}

/** In the order of those that hold, so that each keeps its number, and with it what it has tripped. */
function strictestGuards(
  now: readonly Guard[],
  wanted: readonly Guard[],
  tell: (text: string) => void,
): InstrumentPolicy["guards"] {
  const fresh = [...wanted];
  const kept = now.map((guard) => {
    const at = fresh.findIndex((one) => isCovered(guard, one));
    if (at >= 0) return fresh.splice(at, 1)[0] ?? guard;
    tell(`without the guard of ${guard.channel} as it is`);
    return guard;
  });
  const all = [...kept, ...fresh];
  return all.length === 0 ? undefined : all;
}

const ACTIONS: readonly GuardAction[] = ["tell", "pause", "cancel", "stop"];

/** True where whatever trips `guard` trips `other` as well, which does as much and clears no sooner. */
function isCovered(guard: Guard, other: Guard): boolean {
  if (guard.channel !== other.channel || guard.unit !== other.unit) return false;
  if (guard.rate !== undefined && guard.rate.unit !== other.rate?.unit) return false;
  const atMost = (before: number | undefined, after: number | undefined): boolean =>
    before === undefined || (after ?? Number.POSITIVE_INFINITY) <= before;
  return (
    ACTIONS.indexOf(other.action) >= ACTIONS.indexOf(guard.action) &&
    atMost(guard.max, other.max) &&
    atMost(negative(guard.min), negative(other.min)) &&
    atMost(guard.rate?.max, other.rate?.max) &&
    atMost(guard.stale_s, other.stale_s) &&
    (guard.hysteresis ?? 0) <= (other.hysteresis ?? 0) &&
    (guard.settle_s ?? 0) <= (other.settle_s ?? 0)
  );
}

function strictestHours(
  now: HoursText | undefined,
  wanted: HoursText | undefined,
  tell: (text: string) => void,
): HoursText | undefined {
  if (now === undefined || (wanted !== undefined && areHoursWithin(wanted, now))) return wanted;
  tell(`starts from ${now} to ${wanted ?? "at any time"}`);
  return now;
}
