import type { MapGrid, PhaseEvidence, PhaseSetChance } from "../map-model.ts";
import type { PhaseChance } from "../shares/expected-phases.ts";
import { rankSets } from "../shares/rank-sets.ts";
import { chanceInside, type LeverField, placeFactor, placeOf } from "./lever-fields.ts";

/** Of a field's set that neither the pattern nor the samples around tell, before the place is looked at. */
const UNTOLD = 0.3;
/** Times the odds by the samples around: what those exclude is not brought back by a place, since fitted fields have errors of their own. */
const EXCLUDED = 5;
/** No phase is surer there, or not there, than this. */
const CERTAIN = 1e-4;
/** Fields less probable at a place bring no set of their own. */
const CHANCE_MIN = 0.05;
/** Errors of a fit are a little too small: shapes and cells are guessed too. */
const FIT_DEVIATION = 0.003;
/** A pattern prefers an unnamed set by at most e^3: what it prefers more, it names. */
const PREFERENCE_MAX = 3;

/**
 * A sample's distribution over sets given where it lies: each set's probability times {@link placeFactor}. A field that the
 * place suggests and the sample did not allow joins with the likelihood that its pattern has under it, unless the samples around
 * exclude it. Results without estimates stay as they are.
 *
 * @param chances of the sample's phases, by its pattern and the samples around
 */
export function setsByPlace(
  item: PhaseEvidence,
  fields: readonly LeverField[],
  grid: MapGrid,
  chances: ReadonlyMap<string, PhaseChance> = new Map(),
): PhaseEvidence {
  if (item.estimates === undefined) return item;
  const { face, at } = placeOf(item, grid);
  const here = fields.filter((one) => one.face === face);
  if (here.length === 0) return item;
  const inside = here.map((one) => chanceInside(one, at));
  const told: readonly PhaseSetChance[] = [
    { phases: item.phases, probability: item.confidence },
    ...(item.alternatives ?? []),
  ];
  const labels = new Set(told.map(({ phases }) => phases.join("+")));
  const untold = here.flatMap((one, k): PhaseSetChance[] => {
    if (inside[k]! < CHANCE_MIN || labels.has(one.label)) return [];
    const probability =
      Math.min(UNTOLD, EXCLUDED * oddsOf(one.phases, item.phases, chances)) *
      likelihoodUnder(one, item, at);
    return [{ phases: one.phases, probability }];
  });
  const weighed = [...told, ...untold].map(({ phases, probability }) => {
    const label = phases.join("+");
    const field = here.findIndex((one) => one.label === label);
    return { phases, probability: probability * placeFactor(field, inside) };
  });
  return rankSets(item, weighed);
}

/** How likely a sample's estimates are in a field beside its first set: phases that this lacks are there, those beyond are not. */
function likelihoodUnder(
  { phases, field }: LeverField,
  { phases: own, estimates = {} }: PhaseEvidence,
  at: Float64Array,
): number {
  const expected = field.measured(at);
  let ln = 0;
  for (const [k, phase] of phases.entries()) {
    if (own.includes(phase)) continue;
    const told = estimates[phase];
    if (told === undefined) return 0;
    const alone = Math.hypot(told.error, FIT_DEVIATION);
    const both = Math.hypot(alone, expected[k]!.deviation);
    const off = told.fraction - Math.max(0, expected[k]!.amount);
    ln += (told.fraction / alone) ** 2 / 2 - (off / both) ** 2 / 2 - Math.log(both / alone);
  }
  for (const phase of own) {
    if (phases.includes(phase)) continue;
    const told = estimates[phase];
    if (told === undefined) return 0;
    ln -= (Math.max(0, told.fraction) / Math.hypot(told.error, FIT_DEVIATION)) ** 2 / 2;
  }
  return Math.exp(Math.min(PREFERENCE_MAX, ln));
}

/** By how much a sample's pattern and the samples around prefer a set to its first. */
function oddsOf(
  phases: readonly string[],
  own: readonly string[],
  chances: ReadonlyMap<string, PhaseChance>,
): number {
  const odds = (phase: string): number => {
    const { present } = chances.get(phase) ?? { present: 0.5 };
    const kept = Math.min(1 - CERTAIN, Math.max(CERTAIN, present));
    return kept / (1 - kept);
  };
  const gained = phases.filter((phase) => !own.includes(phase));
  const lost = own.filter((phase) => !phases.includes(phase));
  const product = (all: readonly string[]): number => all.reduce((sum, one) => sum * odds(one), 1);
  return product(gained) / product(lost);
}
