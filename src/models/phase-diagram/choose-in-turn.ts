import type { RankedPoint } from "./map-model.ts";
import type { Choice } from "./map-reader.ts";

/** So many of the points that were asked for last still push the next ones away, where an engine wants that. */
const LATELY = 5;

/** How an engine scores a batch. */
export interface Turn {
  /** Takes a candidate as measured. */
  take(candidate: number): void;
  /** Evidence will come at raw axis values that are no candidate's. */
  approach(row: Float64Array): void;
  /** A candidate was asked for lately. */
  recall?(candidate: number): void;
  /** The best of the candidates that are free now; `undefined` where none is left. */
  next(isFree: (candidate: number) => boolean): RankedPoint | undefined;
}

/** A batch chosen point by point: what is in flight, and each point once it is chosen, counts as measured for those after it. */
export function chooseInTurn(choice: Choice, turn: Turn): RankedPoint[] {
  for (const candidate of choice.pending) turn.take(candidate);
  for (const row of choice.elsewhere) turn.approach(row);
  for (const candidate of choice.lately.slice(-LATELY))
    if (candidate >= 0) turn.recall?.(candidate);
  const chosen = new Set<number>();
  const out: RankedPoint[] = [];
  while (out.length < choice.count) {
    const point = turn.next((i) => choice.isAllowed(i) && !chosen.has(i));
    if (point === undefined) break;
    out.push(point);
    chosen.add(point.candidate);
    turn.take(point.candidate);
  }
  return out;
}
