import type { Prng } from "../../core/prng.ts";
import { argmax } from "../../models/optimise/acquisition/belief.ts";
import type { Scorer } from "./scorer.ts";

export interface BatchRequest {
  readonly scorer: Scorer;
  readonly count: number;
  /** 1 where a candidate may be chosen; not changed. */
  readonly eligible: Uint8Array;
  readonly twinOf: Int32Array;
  /** Added to the scores: ln of feasibility, minus ln of cost. */
  readonly weights: readonly Float64Array[];
  /** Rows in flight. */
  readonly pending: readonly number[];
  /** Group of each candidate where a batch shares a value. */
  readonly groupOf?: Int32Array | undefined;
  readonly prng: Prng;
}

export interface ChosenPoint {
  readonly row: number;
  readonly score: number;
  readonly why: string;
}

/** Chooses greedily: the best candidate, then the best given that the first is under way, and so on. */
export function chooseBatch(request: BatchRequest): ChosenPoint[] {
  const { scorer, twinOf, prng } = request;
  const eligible = request.eligible.slice();
  for (const row of request.pending) scorer.condition(row);
  const chosen: ChosenPoint[] = [];
  while (chosen.length < request.count) {
    // The first of a batch that shares a value is chosen by what whole groups are worth: that takes every score.
    const groupOf = chosen.length === 0 ? request.groupOf : undefined;
    const contest = groupOf === undefined ? { eligible, weights: request.weights } : undefined;
    const raw = scorer.score(contest);
    const scores = weigh(raw, request.weights);
    if (groupOf !== undefined) restrictToBestGroup(scores, eligible, groupOf, request.count);
    const row = argmax(scores, eligible, scorer.varianceAt, () => prng.next());
    if (row < 0) break;
    chosen.push({ row, ...scorer.explain(row, raw[row] ?? 0) });
    const twin = twinOf[row];
    for (let n = 0; n < eligible.length; n++) if (twinOf[n] === twin) eligible[n] = 0;
    if (chosen.length < request.count) scorer.condition(row);
  }
  return chosen;
}

function weigh(scores: Float64Array, weights: readonly Float64Array[]): Float64Array {
  if (weights.length === 0) return scores;
  return scores.map((s, n) => weights.reduce((sum, w) => sum + (w[n] ?? 0), s));
}

/**
 * Keeps the group whose `count` best scores have the largest sum: what a whole batch is worth there, before its points are conditioned on
 * each other.
 */
function restrictToBestGroup(
  logScores: Float64Array,
  eligible: Uint8Array,
  groupOf: Int32Array,
  count: number,
): void {
  const byGroup = new Map<number, number[]>();
  let top = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < eligible.length; n++) {
    const score = logScores[n] ?? Number.NaN;
    if (eligible[n] === 0 || Number.isNaN(score)) continue;
    const group = groupOf[n] ?? 0;
    const members = byGroup.get(group);
    if (members === undefined) byGroup.set(group, [score]);
    else members.push(score);
    top = Math.max(top, score);
  }
  let best = -1;
  let bestSum = Number.NEGATIVE_INFINITY;
  for (const [group, scores] of byGroup) {
    const sum = scores
      .sort((a, b) => b - a)
      .slice(0, count)
      .reduce((total, s) => total + Math.exp(s - top), 0);
    if (sum > bestSum) {
      bestSum = sum;
      best = group;
    }
  }
  for (let n = 0; n < eligible.length; n++) if (groupOf[n] !== best) eligible[n] = 0;
}
