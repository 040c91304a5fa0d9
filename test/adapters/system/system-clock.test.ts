import { afterEach, expect, test, vi } from "vitest";
import { systemTimers } from "../../../adapters/system/system-clock.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** When a wait of `wait_ms` ends, in real milliseconds, where the clock is set by `step_ms` as soon as it has begun. */
async function endsAfter(wait_ms: number, step_ms: number): Promise<number> {
  vi.useFakeTimers();
  const start_ms = performance.now();
  let end_ms = Number.NaN;
  systemTimers.schedule(Date.now() + wait_ms, () => {
    end_ms = performance.now();
  });
  // Only the clock on the wall is set: timers and the monotonic clock go on.
  const real = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => real() + step_ms);
  await vi.advanceTimersByTimeAsync(10 * wait_ms);
  return end_ms - start_ms;
}

test("a clock that is set back by six hours makes no wait longer", async () => {
  expect(await endsAfter(60_000, -6 * 3_600_000)).toBe(60_000);
});

test("a clock that is set forward makes no wait shorter", async () => {
  expect(await endsAfter(60_000, 6 * 3_600_000)).toBe(60_000);
});

test("a clock that its time service slows down is waited for", async () => {
  expect(await endsAfter(60_000, -2_000)).toBe(62_000);
});
