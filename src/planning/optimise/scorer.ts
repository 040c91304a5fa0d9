import type { Contest } from "../../models/optimise/acquisition/belief.ts";

/** One way of scoring every candidate, conditioned point by point on what is in flight or chosen. */
export interface Scorer {
  /**
   * Logarithm of the score of every candidate (any monotone scale for scores that are no gains), larger is better. In a contest those that
   * cannot win may have a larger value, with which they lose as well, or NaN.
   */
  score(contest?: Contest): Float64Array;
  /** Tells that candidate `row` will be measured, outcome unknown. */
  condition(row: number): void;
  /** The score in the user's terms, for candidate `row`, given its entry of the last {@link score}. */
  explain(row: number, score: number): { score: number; why: string };
  /** Breaks ties: the candidate of larger variance. */
  readonly varianceAt: (row: number) => number;
}

/** A few digits, for sentences. */
export function brief(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
