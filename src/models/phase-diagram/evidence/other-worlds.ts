import type { MapPrediction, PhaseEvidence } from "../map-model.ts";
import { asOtherSet } from "./as-other-set.ts";
import type { Ledger, Standing } from "./ledger.ts";
import type { MapResult } from "./map-result.ts";

/** The results that stand, but for one whose sample holds another set of phases. */
export interface OtherWorld<R extends MapResult> {
  /** Probability of that set over that of the set that stands. */
  readonly odds: number;
  readonly standing: Standing<R>;
}

/** Less probable sets are left out, and so many worlds are read: the likeliest. */
const CHANCE_MIN = 0.05;
const WORLDS_MAX = 6;

/**
 * Worlds in which one result is of another set that its measurement allows. Of results that stand alone at their sample;
 * a result that is sure, or allows nothing else, makes none.
 *
 * @param ready brings evidence into the engine's form
 */
export function otherWorlds<R extends MapResult>(
  ledger: Ledger<R>,
  ready: (evidence: PhaseEvidence, owner: number) => R,
): OtherWorld<R>[] {
  const sets = ledger.owners().flatMap((owner) => {
    const { confidence, alternatives = [] } = ledger.evidence(owner);
    if (confidence >= 1 || !ledger.stands(owner) || ledger.repeatsOf(owner).length > 1) return [];
    return alternatives
      .filter(({ phases, probability }) => phases.length > 0 && probability >= CHANCE_MIN)
      .map(({ phases, probability }) => ({ owner, phases, odds: probability / confidence }));
  });
  const likeliest = sets
    .sort(
      (p, q) =>
        q.odds - p.odds || p.owner - q.owner || (p.phases.join() < q.phases.join() ? -1 : 1),
    )
    .slice(0, WORLDS_MAX);
  const standing = ledger.standing();
  return likeliest.map(({ owner, phases, odds }) => {
    const result = ready(asOtherSet(ledger.evidence(owner), phases), owner);
    const results = new Map(standing.results);
    results.set(owner, result);
    return { odds, standing: { ...standing, results } };
  });
}

/**
 * The map over all worlds: at most one result is of another set, so that P = (base + sum odds world)/(1 + sum odds). Labels of the
 * base come first; columns of a candidate still sum to what they did. Equal probabilities go to the earlier label.
 */
export function mixWorlds(
  base: MapPrediction,
  worlds: readonly { readonly odds: number; readonly prediction: MapPrediction }[],
): MapPrediction {
  if (worlds.length === 0) return base;
  const whole = worlds.reduce((sum, { odds }) => sum + odds, 1);
  const all = [{ odds: 1, prediction: base }, ...worlds];
  const labels = [...new Set(all.flatMap(({ prediction }) => prediction.labels))];
  const count = base.label.length;
  const probabilities = labels.map(() => new Float64Array(count));
  for (const { odds, prediction } of all) {
    prediction.labels.forEach((name, k) => {
      const column = probabilities[labels.indexOf(name)]!;
      const from = prediction.probabilities[k]!;
      for (let i = 0; i < count; i++) column[i] = column[i]! + (odds / whole) * from[i]!;
    });
  }
  const label = base.label.slice();
  const certainty = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    probabilities.forEach((column, k) => {
      if (column[i]! <= certainty[i]! + 1e-9) return;
      certainty[i] = column[i]!;
      label[i] = k;
    });
  }
  return { labels, label, certainty, probabilities };
}
