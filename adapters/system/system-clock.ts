import type { Clock, Timers } from "../../src/core/clock.ts";

/** Node's timers wrap at 2^31 ms; longer waits are cut in pieces. */
const WAIT_ms_max = 2_000_000_000;
/** A clock that lags by less has been slowed down by its time service, and is waited for; one by more was set back. */
const SLEW_ms_max = 5_000;

/** The computer's own time. */
export const systemClock: Clock = { now_ms: () => Date.now() };

const NS_PER_MS = 1_000_000n;

/**
 * Time since some moment that stays the same until the computer is started anew (CLOCK_MONOTONIC), ms. For differences only: a time
 * service, or a person who sets the clock, makes none of them longer. Two programs on one computer see the same, and after a new
 * start it is never more than what has passed since.
 */
export const steadyClock: Clock = {
  now_ms: () => Number(process.hrtime.bigint() / NS_PER_MS),
};

/**
 * Waits are durations: a clock that is set back meanwhile makes no deadline hours longer, and one that is set forward
 * makes none shorter.
 */
export const systemTimers: Timers = {
  schedule: (at_ms, callback) => {
    let timer: NodeJS.Timeout;
    const end_ms = performance.now() + at_ms - Date.now();
    const look = (): void => {
      // Node's timers may end a millisecond too early.
      const left_ms = end_ms - performance.now();
      const behind_ms = at_ms - Date.now();
      if (left_ms > 0) wait(left_ms);
      else if (behind_ms > 0 && behind_ms <= SLEW_ms_max) wait(behind_ms);
      else callback();
    };
    const wait = (left_ms: number): void => {
      timer = setTimeout(look, Math.min(Math.max(0, left_ms), WAIT_ms_max));
    };
    wait(end_ms - performance.now());
    return () => clearTimeout(timer);
  },
};
