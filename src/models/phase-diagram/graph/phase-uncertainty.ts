/**
 * 1 - max_k P_k. A candidate that no label reaches has P = 0 everywhere and scores 1, the largest value.
 */
export function leastConfident(columns: readonly Float64Array[], count: number): Float64Array {
  const score = new Float64Array(count).fill(1);
  for (const column of columns) {
    for (let i = 0; i < count; i++) {
      const doubt = 1 - column[i]!;
      if (doubt < score[i]!) score[i] = Math.max(0, doubt);
    }
  }
  return score;
}

/** 1 - (P_first - P_second). Not reached: 1. */
export function marginScore(columns: readonly Float64Array[], count: number): Float64Array {
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  for (const column of columns) {
    for (let i = 0; i < count; i++) {
      const p = column[i]!;
      if (p > first[i]!) {
        second[i] = first[i]!;
        first[i] = p;
      } else if (p > second[i]!) second[i] = p;
    }
  }
  return first.map((p, i) => 1 - (p - second[i]!));
}

/** -sum_k P_k ln P_k / ln K, in 0..1. Not reached: 1, as if all labels were equally likely. */
export function entropyScore(columns: readonly Float64Array[], count: number): Float64Array {
  const score = new Float64Array(count);
  const mass = new Float64Array(count);
  const scale = Math.log(Math.max(2, columns.length));
  for (const column of columns) {
    for (let i = 0; i < count; i++) {
      const p = column[i]!;
      if (p > 0) score[i]! -= (p * Math.log(p)) / scale;
      mass[i]! += p;
    }
  }
  return score.map((value, i) => (mass[i]! > 0 ? value : 1));
}
