/** The only source of time. The daemon takes the system's clock; simulations and tests take a virtual one. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z (UTC). */
  now_ms(): number;
}

/** Calls back once the clock has reached a time; the only source of delays. */
export interface Timers {
  /** Calls `callback` at `at_ms` (at once if past) and returns a function that takes the call back. */
  schedule(at_ms: number, callback: () => void): () => void;
}

/** RFC 3339 text in UTC with milliseconds, the form that crosses the wire. */
export function toRfc3339(time_ms: number): string {
  return new Date(time_ms).toISOString();
}
