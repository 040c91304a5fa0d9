/**
 * What a score needs to know of one objective over N candidates, in standardised units, larger is better: one variance,
 * and a mean for each joint draw of the outcomes still unknown (a single one where nothing is pending).
 */
export interface Belief {
  readonly means: readonly Float64Array[];
  readonly variance: Float64Array;
}

/** What a score competes for, where only the best candidate is asked for. */
export interface Contest {
  /** 1 where a candidate may win. */
  readonly eligible: Uint8Array;
  /** Added to the scores of all candidates. */
  readonly weights: readonly Float64Array[];
}

/** The candidate of largest score among the eligible; ties by variance, then at random. -1 where none has a finite score. */
export function argmax(
  scores: Float64Array,
  eligible: Uint8Array,
  tieBreak: Float64Array,
  random: () => number,
): number {
  let best = -1;
  let ties = 0;
  for (let n = 0; n < scores.length; n++) {
    if (eligible[n] === 0) continue;
    const score = scores[n] ?? Number.NaN;
    if (Number.isNaN(score)) continue;
    const top = best < 0 ? Number.NEGATIVE_INFINITY : (scores[best] ?? 0);
    if (best < 0 || score > top) {
      best = n;
      ties = 1;
      continue;
    }
    if (score < top) continue;
    const more = (tieBreak[n] ?? 0) - (tieBreak[best] ?? 0);
    if (more > 0) {
      best = n;
      ties = 1;
    } else if (more === 0) {
      ties++;
      if (random() * ties < 1) best = n; // reservoir: each of the tied is equally likely
    }
  }
  return best;
}
