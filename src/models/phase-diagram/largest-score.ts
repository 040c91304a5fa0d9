/** Scores this close are ties, decided by the seed: rounding must not decide. */
const TIE = 1e-9;

/** What a choice is made among. */
export interface Scored {
  readonly count: number;
  /** Larger is chosen first. */
  scoreOf(i: number): number;
  isAllowed(i: number): boolean;
  /** Among equal scores the larger key is chosen. */
  tieKey(i: number): number;
}

/** The place of the largest score among those allowed; -1 where none is left. */
export function largestScore({ count, scoreOf, isAllowed, tieKey }: Scored): number {
  let best = -1;
  let most = 0;
  for (let i = 0; i < count; i++) {
    if (!isAllowed(i)) continue;
    const score = scoreOf(i);
    if (best >= 0 && score < most - TIE) continue;
    if (best < 0 || score > most + TIE || tieKey(i) > tieKey(best)) {
      best = i;
      most = Math.max(most, score);
    }
  }
  return best;
}
