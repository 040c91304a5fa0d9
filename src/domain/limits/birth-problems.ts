import { nearestName, suggestName } from "../../core/near-name.ts";
import type { CampaignSpec } from "../campaign.ts";
import type { Capability } from "../instrument.ts";
import { namesOfCondition } from "./condition.ts";
import type { Guard } from "./guard.ts";
import type { BirthProblem, InstrumentPolicy, KnownBirth, Laboratory } from "./known-laboratory.ts";
import { haveSameDimension, unitOfName } from "./named-unit.ts";
import { findRecipeProblems } from "./recipe-problems.ts";

/**
 * Holds the configuration against the births that are known: names that nothing carries, units of another kind, recipes
 * that no instrument can follow. All at once, in the order of the configuration.
 */
export function findBirthProblems(laboratory: Laboratory): BirthProblem[] {
  const { policies, campaigns } = laboratory;
  return [
    ...Object.entries(policies).flatMap(([id, policy]) => policyProblems(id, policy, laboratory)),
    ...campaigns.flatMap((campaign) => [
      ...findRecipeProblems(campaign, laboratory),
      ...guardProblems(campaign, laboratory),
    ]),
  ];
}

function policyProblems(
  id: string,
  policy: InstrumentPolicy,
  laboratory: Laboratory,
): BirthProblem[] {
  const birth = laboratory.births.get(id);
  if (birth === undefined) return strangerProblems(id, laboratory);
  const problem = (path: (string | number)[], text: string): BirthProblem => ({
    path: ["instruments", id, ...path],
    text,
    instrumentId: id,
  });
  const limits = Object.entries(policy.limits).flatMap(([name, { unit }]) => {
    const text = limitProblem(name, unit, birth.capabilities, id);
    return text === undefined ? [] : [problem(["limits", name], text)];
  });
  const conditions = (policy.conditions ?? []).flatMap((condition, k) =>
    namesOfCondition(condition).flatMap((name) => {
      const text = limitProblem(name, undefined, birth.capabilities, id);
      return text === undefined ? [] : [problem(["conditions", k], text)];
    }),
  );
  const guards = (policy.guards ?? []).flatMap((guard, k) => {
    const text = channelProblem(guard, birth, id);
    return text === undefined ? [] : [problem(["guards", k, "channel"], text)];
  });
  return [...limits, ...conditions, ...guards];
}

/**
 * Limits for an id that nobody has. The instrument that it may be a slip of gets no job before that is clear, unless the
 * configuration has an entry of its own for it.
 */
function strangerProblems(id: string, laboratory: Laboratory): BirthProblem[] {
  const { births, policies, isSettled } = laboratory;
  const path = ["instruments", id];
  const free = [...births.keys()].filter((one) => !Object.hasOwn(policies, one));
  const near = nearestName(id, free);
  if (near !== undefined) {
    const text =
      `no instrument "${id}" has been heard; did you mean "${near}"? It gets no job until that is ` +
      `settled: correct the id, or write "${near}: {}" where it has no limits`;
    return [{ path, text, instrumentId: near }];
  }
  if (!isSettled) return [];
  const there = births.size === 0 ? "none is there" : `there are ${[...births.keys()].join(", ")}`;
  return [{ path, text: `no instrument "${id}" has been heard; ${there}` }];
}

function limitProblem(
  name: string,
  unit: string | undefined,
  capabilities: readonly Capability[],
  whose: string,
): string | undefined {
  const declared = capabilities.flatMap(({ parameters, others }) =>
    Object.hasOwn(parameters, name)
      ? [parameters[name] ?? {}]
      : others === undefined
        ? []
        : [others],
  );
  if (declared.length === 0) {
    const names = [...new Set(capabilities.flatMap((one) => Object.keys(one.parameters)))];
    return `${whose} has no set point ${name}, so this limits nothing: ${suggestName(name, names)}`;
  }
  for (const { unit: theirs } of declared) {
    const own = unit ?? unitOfName(name, theirs);
    if (own === undefined || theirs === undefined || haveSameDimension(own, theirs)) continue;
    return `${name} is limited in ${own}, but ${whose} declares it in ${theirs}: correct the one that is wrong`;
  }
  return undefined;
}

function channelProblem(guard: Guard, birth: KnownBirth, whose: string): string | undefined {
  const { channels } = birth;
  if (channels === undefined) return undefined;
  const declared = Object.hasOwn(channels, guard.channel) ? channels[guard.channel] : undefined;
  if (declared === undefined)
    return `${whose} has no channel ${guard.channel}: ${suggestName(guard.channel, Object.keys(channels))}`;
  if (haveSameDimension(guard.unit, declared.unit)) return undefined;
  return `${guard.channel} is guarded in ${guard.unit}, but ${whose} tells it in ${declared.unit}`;
}

function guardProblems(campaign: CampaignSpec, { births }: Laboratory): BirthProblem[] {
  const { campaignId } = campaign;
  return (campaign.guards ?? []).flatMap((guard, k): BirthProblem[] => {
    const path = ["campaigns", campaignId, "guards", k];
    const { instrument } = guard;
    if (instrument === undefined) return [];
    const birth = births.get(instrument);
    if (birth !== undefined) {
      const text = channelProblem(guard, birth, instrument);
      return text === undefined ? [] : [{ path: [...path, "channel"], text, campaignId }];
    }
    const near = nearestName(instrument, births.keys());
    if (near === undefined) return [];
    const text = `no instrument "${instrument}" has been heard; did you mean "${near}"?`;
    return [{ path: [...path, "instrument"], text, campaignId }];
  });
}
