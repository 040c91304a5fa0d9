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

/**
 * The candidate of largest score among the eligible; ties by variance, then at random. -1 where none has a score. Who loses has no say
 * in the draw: scores that were left out change nothing.
 */
export function argmax(
  scores: Float64Array,
  eligible: Uint8Array,
  tieBreak: (index: number) => number,
  random: () => number,
): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < scores.length; n++)
    if (eligible[n] === 1 && scores[n]! > top) top = scores[n]!;
  let best = -1;
  let ties = 0;
  for (let n = 0; n < scores.length; n++) {
    if (eligible[n] === 0 || scores[n] !== top) continue;
    const more = best < 0 ? 1 : tieBreak(n) - tieBreak(best);
    if (more < 0) continue;
    ties = more > 0 ? 1 : ties + 1;
    // Reservoir: each of the tied is equally likely.
    if (more > 0 || random() * ties < 1) best = n;
  }
  return best;
}
