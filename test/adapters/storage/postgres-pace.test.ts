import { describe, expect, test } from "vitest";
import {
  CallPace,
  isBeatDue,
  pauseBefore,
} from "../../../adapters/storage/postgres/postgres-pace.ts";

describe("how often a standby asks", () => {
  const held = (left_s: number) => ({ free: false, left_s });
  const quiet = (quiet_ms: number, isCalled = false) => ({ quiet_ms, lease_ms: 12_000, isCalled });

  test("a quarter of a second apart while the lease is free, and the end of one that is held is not slept over", () => {
    expect(pauseBefore({ free: true, left_s: -3600 }, quiet(3_600_000, true))).toBe(250);
    expect(pauseBefore({ free: true, left_s: 0 }, quiet(3_600_000))).toBe(250);
    expect(pauseBefore(undefined, quiet(3_600_000, true))).toBe(250);
    expect(pauseBefore(held(0.4), quiet(60_000))).toBe(420);
    expect(pauseBefore(held(0.4), quiet(60_000, true))).toBe(420);
  });

  test("where nothing comes, with its signs of life if it is called, and once a second if it is not", () => {
    expect(pauseBefore(held(9), quiet(1000, true))).toBe(250);
    expect(pauseBefore(held(9), quiet(60_000))).toBe(1000);
    expect(pauseBefore(held(9), quiet(60_000, true))).toBe(4000);
    expect([isBeatDue(3999, 12_000), isBeatDue(3000, 12_000)]).toEqual([true, false]);
  });
});

describe("when an append calls those that follow", () => {
  test("the first one, and each behind a while without any: nobody looks seldom before", () => {
    const calls = new CallPace();
    expect(calls.isDue(0)).toBe(true);
    calls.wrote(0);
    expect([calls.isDue(2000), calls.isDue(3000)]).toEqual([false, true]);
    // Those that follow look four times a second until 5 s after what they read last.
    expect(
      pauseBefore({ free: false, left_s: 9 }, { quiet_ms: 3000, lease_ms: 12_000, isCalled: true }),
    ).toBe(250);
  });

  test("not for a minute where a call did not go through", () => {
    const calls = new CallPace();
    calls.failed(1000);
    calls.wrote(1000);
    expect([calls.isDue(60_000), calls.isDue(61_000)]).toEqual([false, true]);
  });
});
