import { asOtherSet } from "../evidence/as-other-set.ts";
import type { PhaseEvidence, PhaseSetChance } from "../map-model.ts";

/** Less probable sets are left out, and probabilities are rounded to it: a change below teaches nothing. */
const GRAIN = 0.01;
const SETS_MAX = 8;

/**
 * A result with these sets instead of its own, the most probable first; as it was where none is left. Compositions of phases stay
 * where every phase of the first set has one.
 */
export function rankSets(item: PhaseEvidence, sets: readonly PhaseSetChance[]): PhaseEvidence {
  const total = sets.reduce((sum, { probability }) => sum + probability, 0);
  const ranked = sets
    .map(({ phases, probability }) => ({ phases, probability: rounded(probability / total) }))
    .filter(({ probability }) => probability >= GRAIN)
    .sort((p, q) => q.probability - p.probability || (p.phases.join() < q.phases.join() ? -1 : 1))
    .slice(0, SETS_MAX);
  const [best, ...alternatives] = ranked;
  if (best === undefined) return item;
  return {
    ...asOtherSet(item, best.phases),
    ...{ confidence: best.probability, alternatives },
  };
}

function rounded(value: number): number {
  return Math.round(value / GRAIN) * GRAIN;
}
