import { describeGuard, type PlacedGuard } from "../domain/limits/guard.ts";
import { isOpen } from "./hindrances.ts";
import type { Lab } from "./lab.ts";

/** Every guard in its place: those of instruments, and those of open campaigns on each instrument that may work for them. */
export function placedGuards(lab: Lab): PlacedGuard[] {
  return [...instrumentGuards(lab), ...campaignGuards(lab)];
}

function instrumentGuards(lab: Lab): PlacedGuard[] {
  return Object.entries(lab.policies).flatMap(([instrumentId, { guards = [] }]) =>
    guards.map((guard, k) => ({
      guardId: `${instrumentId}/${guard.channel}/${k + 1}`,
      instrumentId,
      guard,
    })),
  );
}

function campaignGuards(lab: Lab): PlacedGuard[] {
  return [...lab.specs.values()].flatMap((spec) => {
    const { campaignId, guards = [], recipe, alternatives = {} } = spec;
    if (guards.length === 0 || !isOpen(lab, campaignId)) return [];
    const steps = [recipe, ...Object.values(alternatives)].flatMap((one) => one.steps);
    const asked = new Set(steps.map(({ capability }) => capability));
    const able = lab.instrumentIds.filter((id) =>
      lab.machines.instrument.get(id)?.context.capabilities.some(({ name }) => asked.has(name)),
    );
    return guards.flatMap((guard, k) => {
      const places = guard.instrument === undefined ? able : [guard.instrument];
      return places.map((instrumentId) => ({
        guardId: `${campaignId}@${instrumentId}/${guard.channel}/${k + 1}`,
        instrumentId,
        campaignId,
        guard,
      }));
    });
  });
}

/** Each guard that looks at an instrument, with what it allows and whether it holds. */
export function guardsOfInstrument(lab: Lab, instrumentId: string) {
  return placedGuards(lab)
    .filter((one) => one.instrumentId === instrumentId)
    .map(({ guardId, campaignId, guard }) => {
      const { action, text, since_ms } = lab.guards.get(guardId) ?? {};
      const isTripped = text !== undefined && since_ms !== undefined && action !== "tell";
      return {
        ...{ guardId, campaignId, channel: guard.channel, allowed: describeGuard(guard) },
        ...{ action: guard.action, ...(isTripped ? { tripped: { text, since_ms } } : {}) },
      };
    });
}
