import type { Clock, Timers } from "../../src/core/clock.ts";

/** Longest delay that `setTimeout` takes, ms; longer ones are waited for in pieces. */
const DELAY_MAX_MS = 2 ** 31 - 1;

export interface ScaledClockOptions {
  /** Laboratory seconds per real second, > 0. */
  readonly speed: number;
  /** Laboratory time now, ms since 1970 UTC; after a restart not before the last logged time. Default: the system's time. */
  readonly origin_ms?: number | undefined;
}

/** Real time, run faster: laboratory time = origin + real time since now x `speed`. Monotone, whatever the system's clock does. */
export function createScaledClock(options: ScaledClockOptions): Clock & Timers {
  const { speed } = options;
  const origin_ms = options.origin_ms ?? Date.now();
  const start_ms = performance.now();
  const now_ms = (): number => origin_ms + (performance.now() - start_ms) * speed;
  return {
    now_ms,
    schedule(at_ms, callback) {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const left_ms = (at_ms - now_ms()) / speed;
        timer =
          left_ms > DELAY_MAX_MS
            ? setTimeout(wait, DELAY_MAX_MS)
            : setTimeout(callback, Math.max(0, Math.ceil(left_ms)));
      };
      wait();
      return () => clearTimeout(timer);
    },
  };
}

/** The system's own clock, for instruments that run beside a daemon in real time. */
export function createSystemClock(): Clock & Timers {
  const scheduler = createScaledClock({ speed: 1, origin_ms: 0 });
  return {
    now_ms: () => Date.now(),
    schedule: (at_ms, callback) =>
      scheduler.schedule(scheduler.now_ms() + (at_ms - Date.now()), callback),
  };
}
