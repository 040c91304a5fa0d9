import type { PhaseEvidence, PhaseSetChance } from "../map-model.ts";
import type { PhaseChance } from "./expected-phases.ts";
import { rankSets } from "./rank-sets.ts";

/** Phases less doubtful than this are taken as decided. */
const DECIDED = 0.2;
/** So many doubtful phases of a sample are combined: the most doubtful. */
const DOUBTFUL_MAX = 5;

/**
 * The distribution over sets of a sample, given the chances of its phases: the pattern's first set with every doubtful phase in
 * or out, P = product of the chances; and those of its other sets that exchange a phase for another, with the pattern's own
 * probability times the odds by which the samples around expect the one and not the other. A phase without a chance
 * (one without a reference) is left as the pattern has it. Sets of more phases than `phases_max` drop out, the pattern's
 * own excepted, which stands where all others have dropped out. Returned as evidence whose first set is the most probable.
 */
export function likelySets(
  item: PhaseEvidence,
  chances: ReadonlyMap<string, PhaseChance>,
  phases_max: number,
): PhaseEvidence {
  if (chances.size === 0) return item;
  const told: readonly PhaseSetChance[] = [
    { phases: item.phases, probability: item.confidence },
    ...(item.alternatives ?? []),
  ];
  const first = item.phases;
  const exchanged = told.filter(({ phases }) => isExchange(phases, first));
  const rest = exchanged.reduce((sum, { probability }) => sum - probability, 1);
  const sets = new Map<string, PhaseSetChance>();
  const add = (phases: readonly string[], probability: number): void => {
    if (phases.length === 0) return;
    if (phases.length > phases_max && phases.join("+") !== first.join("+")) return;
    const key = phases.join("+");
    sets.set(key, { phases, probability: probability + (sets.get(key)?.probability ?? 0) });
  };
  for (const { phases, probability } of variants(first, chances)) add(phases, rest * probability);
  // More phases are expected than can coexist, or none at all: the samples around are wrong of one, and the pattern's own word stands.
  if (sets.size === 0) add(first, rest);
  for (const { phases, probability } of exchanged) {
    add(phases, probability * exchangeOdds(phases, first, chances));
  }
  return rankSets(item, [...sets.values()]);
}

/** The set with every doubtful phase in and out. */
function variants(
  first: readonly string[],
  chances: ReadonlyMap<string, PhaseChance>,
): PhaseSetChance[] {
  const doubt = ({ present }: PhaseChance): number => Math.min(present, 1 - present);
  const doubtful = [...chances]
    .filter(([, chance]) => doubt(chance) > DECIDED)
    .sort(([p, a], [q, b]) => doubt(b) - doubt(a) || (p < q ? -1 : 1))
    .slice(0, DOUBTFUL_MAX);
  const open = new Set(doubtful.map(([phase]) => phase));
  const sure = [...chances].flatMap(([phase, { present }]) =>
    !open.has(phase) && present > 0.5 ? [phase] : [],
  );
  const unheard = first.filter((phase) => !chances.has(phase));
  let sets: PhaseSetChance[] = [{ phases: [...sure, ...unheard], probability: 1 }];
  for (const [phase, { present }] of doubtful) {
    sets = sets.flatMap(({ phases, probability }) => [
      { phases: [...phases, phase], probability: probability * present },
      { phases, probability: probability * (1 - present) },
    ]);
  }
  return sets.map(({ phases, probability }) => ({ phases: [...phases].sort(), probability }));
}

/** True where a set lacks a phase of the first, and holds another instead. */
function isExchange(phases: readonly string[], first: readonly string[]): boolean {
  return phases.some((one) => !first.includes(one)) && first.some((one) => !phases.includes(one));
}

/** By how much the samples around prefer the phases of a set to those that the first has instead. */
function exchangeOdds(
  phases: readonly string[],
  first: readonly string[],
  chances: ReadonlyMap<string, PhaseChance>,
): number {
  const odds = (phase: string): number => {
    const expected = chances.get(phase)?.expected ?? 0.5;
    const kept = Math.min(1 - DECIDED, Math.max(DECIDED, expected));
    return kept / (1 - kept);
  };
  const gained = phases.filter((one) => !first.includes(one));
  const lost = first.filter((one) => !phases.includes(one));
  return (
    gained.reduce((product, one) => product * odds(one), 1) /
    lost.reduce((product, one) => product * odds(one), 1)
  );
}
