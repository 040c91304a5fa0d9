import type { InstrumentPolicy } from "../domain/limits/known-laboratory.ts";
import type { InternalFact } from "../events/lab-fact.ts";

type Policies = Readonly<Record<string, InstrumentPolicy>>;
type StartFact = Extract<InternalFact, { readonly type: "daemon.started" }>;

/** The configuration's word on instruments, as the log keeps it. */
export function factsOfPolicies(policies: Policies) {
  const entries = Object.entries(policies);
  const some = <Value>(read: (policy: InstrumentPolicy) => readonly Value[] | undefined) => {
    const kept = entries.flatMap(([id, policy]) => {
      const values = read(policy) ?? [];
      return values.length === 0 ? [] : [[id, values] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  };
  return {
    instrumentLimits: Object.fromEntries(entries.map(([id, { limits }]) => [id, limits])),
    instrumentConditions: some(({ conditions }) => conditions),
    instrumentGuards: some(({ guards }) => guards),
  };
}

/** And back. */
export function policiesOf(fact: StartFact): Policies {
  return Object.fromEntries(
    Object.entries(fact.instrumentLimits).map(([id, limits]) => [
      id,
      {
        limits,
        conditions: fact.instrumentConditions?.[id],
        guards: fact.instrumentGuards?.[id],
      },
    ]),
  );
}
