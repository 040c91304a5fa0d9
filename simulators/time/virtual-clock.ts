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
  /** Lets events happen; after each one, waits until every promise it set going has settled. */
  run(options?: RunOptions): Promise<RunEnd>;
  /**
   * As `schedule`, for a callback that is over when it returns: it settles no promise and calls nobody who might. Nothing
   * is waited for after it, and `until` is not asked.
   */
  scheduleQuiet(at_ms: number, callback: () => void): () => void;
  /** Real work outside promises (a file, a worker): time stands still until it is done. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Events that have happened. */
  readonly events: number;
}

interface Entry {
  readonly at_ms: number;
  readonly order: number;
  callback: (() => void) | undefined;
  readonly isQuiet: boolean;
}

const EVENTS_MAX = 10_000_000;
/** After so many events the event loop gets a turn, for signals and timers of the process. */
const EVENTS_A_TURN = 64;

/** When every promise has settled that can: Node calls these back only once no other callback of a promise is left. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const turned = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Makes a clock that stands at `start_ms` (ms since 1970 UTC) until `run` is called. */
export function createVirtualClock(start_ms: number): VirtualClock {
  const queue: Entry[] = [];
  const working = new Set<Promise<unknown>>();
  let now_ms = start_ms;
  let scheduled = 0;
  let events = 0;

  const settle = async (): Promise<void> => {
    await (events % EVENTS_A_TURN === 0 ? turned() : settled());
    while (working.size > 0) {
      await Promise.allSettled([...working]);
      await turned();
    }
  };

  const add = (at_ms: number, callback: () => void, isQuiet: boolean): (() => void) => {
    const at = Math.max(at_ms, now_ms);
    const entry: Entry = { at_ms: at, order: scheduled++, callback, isQuiet };
    push(queue, entry);
    return () => {
      entry.callback = undefined;
    };
  };

  return {
    now_ms: () => now_ms,
    schedule: (at_ms, callback) => add(at_ms, callback, false),
    scheduleQuiet: (at_ms, callback) => add(at_ms, callback, true),
    async track(work) {
      working.add(work);
      try {
        return await work;
      } finally {
        working.delete(work);
      }
    },
    async run({ until, time_max_ms = Number.POSITIVE_INFINITY, events_max = EVENTS_MAX } = {}) {
      const stopAt = events + events_max;
      await settle();
      for (let isSettled = true; ; ) {
        if (isSettled && until?.() === true) return "until";
        if (events >= stopAt) return "events";
        while (queue.length > 0 && queue[0]?.callback === undefined) pop(queue);
        const next = queue[0];
        if (next === undefined) return "empty";
        if (next.at_ms > time_max_ms) {
          now_ms = Math.max(now_ms, time_max_ms);
          return "time";
        }
        pop(queue);
        now_ms = next.at_ms;
        events += 1;
        next.callback?.();
        isSettled = !next.isQuiet;
        if (isSettled) await settle();
      }
    },
    get events() {
      return events;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.order < b.order);
}

/** Binary heap, earliest first. */
function push(heap: Entry[], entry: Entry): void {
  let k = heap.push(entry) - 1;
  while (k > 0) {
    const parent = (k - 1) >> 1;
    if (!isBefore(entry, heap[parent] as Entry)) break;
    heap[k] = heap[parent] as Entry;
    k = parent;
  }
  heap[k] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let k = 0;
  for (;;) {
    let child = 2 * k + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry))
      child++;
    if (!isBefore(heap[child] as Entry, last)) break;
    heap[k] = heap[child] as Entry;
    k = child;
  }
  heap[k] = last;
}
