import type { Clock, Timers } from "../../src/core/clock.ts";

/** Node's timers wrap at 2^31 ms; longer waits are cut in pieces. */
const WAIT_ms_max = 2_000_000_000;

/** The computer's own time. */
export const systemClock: Clock = { now_ms: () => Date.now() };

export const systemTimers: Timers = {
  schedule: (at_ms, callback) => {
    let timer: NodeJS.Timeout;
    // Node's timers may end a millisecond before the clock has got there, and a clock may be set back meanwhile.
    const look = (): void => {
      const left_ms = at_ms - Date.now();
      if (left_ms <= 0) callback();
      else wait(left_ms);
    };
    const wait = (left_ms: number): void => {
      timer = setTimeout(look, Math.min(Math.max(0, left_ms), WAIT_ms_max));
    };
    wait(at_ms - Date.now());
    return () => clearTimeout(timer);
  },
};
