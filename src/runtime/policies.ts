import type { InstrumentPolicies, InstrumentPolicy } from "../domain/limits/known-laboratory.ts";
import type { ConfiguredInstruments } from "../events/lab-fact.ts";

/** The configuration's word on instruments, as the log keeps it. */
export function factsOfPolicies(policies: InstrumentPolicies): ConfiguredInstruments {
  const entries = Object.entries(policies);
  const some = <Value>(read: (policy: InstrumentPolicy) => Value | undefined) => {
    const kept = entries.flatMap(([id, policy]) => {
      const value = read(policy);
      const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
      return isEmpty ? [] : [[id, value] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  };
  return {
    instrumentLimits: Object.fromEntries(entries.map(([id, { limits }]) => [id, limits])),
    instrumentConditions: some(({ conditions }) => conditions),
    instrumentGuards: some(({ guards }) => guards),
    instrumentHours: some(({ hours }) => hours),
  };
}

/** And back. */
export function policiesOf(fact: ConfiguredInstruments): InstrumentPolicies {
  return Object.fromEntries(
    Object.entries(fact.instrumentLimits).map(([id, limits]) => [
      id,
      {
        limits,
        conditions: fact.instrumentConditions?.[id],
        guards: fact.instrumentGuards?.[id],
        hours: fact.instrumentHours?.[id],
      },
    ]),
  );
}
