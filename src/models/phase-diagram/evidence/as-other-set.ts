import type { PhaseEvidence } from "../map-model.ts";

/** The same measurement as of other phases; compositions are kept where every phase has one, in the order of the phases. */
export function asOtherSet(evidence: PhaseEvidence, phases: readonly string[]): PhaseEvidence {
  const { ends, ...others } = evidence;
  if (ends === undefined) return { ...evidence, phases };
  const kept = phases.flatMap((phase) => ends.find((end) => end.phase === phase) ?? []);
  return { ...others, phases, ...(kept.length === phases.length ? { ends: kept } : {}) };
}
