import type { Clock, Timers } from "../../src/core/clock.ts";

/** Node's timers wrap at 2^31 ms; longer waits are cut in pieces. */
const WAIT_ms_max = 2_000_000_000;

/** The computer's own time. */
export const systemClock: Clock = { now_ms: () => Date.now() };

export const systemTimers: Timers = {
  schedule: (at_ms, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left_ms = at_ms - Date.now();
      timer = setTimeout(
        left_ms > WAIT_ms_max ? wait : callback,
        Math.min(Math.max(0, left_ms), WAIT_ms_max),
      );
    };
    wait();
    return () => clearTimeout(timer);
  },
};
