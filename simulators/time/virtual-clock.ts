import type { Clock, Timers } from "../../src/core/clock.ts";

/** Why {@link VirtualClock.run} came back. */
export type RunEnd = "until" | "empty" | "time" | "events";

export interface RunOptions {
  /** Stops as soon as this holds; asked after each event, when everything has settled. */
  readonly until?: (() => boolean) | undefined;
  /** Stops before the first event after this time; the clock then stands at this time. */
  readonly time_max_ms?: number | undefined;
  /** Stops after so many events: a bound against loops that never end. Default 10 million. */
  readonly events_max?: number | undefined;
}

/**
 * Time that passes only when everything that was due has been done. Events happen in the order of their time, and of
 * their scheduling where the times are equal, so the same program gives the same history.
 */
export interface VirtualClock extends Clock, Timers {
  /** Lets events happen; after each one, waits until every promise it set going has settled (one turn of the event loop). */
  run(options?: RunOptions): Promise<RunEnd>;
  /** Real work outside promises (a file, a worker): time stands still until it is done. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Events that have happened. */
  readonly events: number;
}
