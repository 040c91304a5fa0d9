import { describe, expect, test } from "vitest";
import { judgeStop, type StopContext, type StopFact } from "../../src/runtime/emergency.ts";
import { createLab } from "../../src/runtime/lab.ts";

const NOW_ms = 1_800_000_000_000;
const HOUR_ms = 3_600_000;

interface Clear {
  readonly source?: string;
  readonly ago_ms?: number;
  readonly stopAgo_ms?: number;
}

/** What becomes of a clear while a stop, of six hours ago unless said otherwise, is active. */
function judgeClear(
  { source = "operator/ada", ago_ms = 1_000, stopAgo_ms = 6 * HOUR_ms }: Clear,
  context: Partial<StopContext> = {},
) {
  const lab = createLab();
  lab.emergency = { by: "bob", reason: "smoke", since_ms: NOW_ms - stopAgo_ms };
  const fact: StopFact = {
    ...{ type: "safety.emergencyStop", active: false, by: "ada", reason: "steam" },
    ...{ message: { source, id: "clear-1" }, sent_ms: NOW_ms - ago_ms },
  };
  const usual = { waiting: [], agentId: "a", now_ms: NOW_ms, retained: false, heardBefore: false };
  return judgeStop(fact, { lab, ...usual, ...context });
}

describe("a clear of the emergency stop", () => {
  test("counts as the fresh, living word of an operator", () => {
    expect(judgeClear({})).toEqual({ kind: "clear" });
  });

  test("that the broker had kept, or that was heard before, changes nothing, and the stop is said again", () => {
    expect(judgeClear({}, { retained: true })).toEqual({ kind: "known", tellAll: true });
    expect(judgeClear({}, { heardBefore: true })).toEqual({ kind: "known", tellAll: true });
  });

  test("that was sent long ago, or in the future, is refused, also where the stop is older", () => {
    for (const ago_ms of [2 * HOUR_ms, -2 * HOUR_ms])
      expect(judgeClear({ ago_ms })).toMatchObject({
        kind: "refuse",
        why: expect.stringContaining("sent more than 60 s ago, or its sender's clock is wrong"),
      });
  });

  test("that was sent before the stop is refused, whatever two clocks may differ; not where our own was set back", () => {
    expect(judgeClear({ ago_ms: 30_000, stopAgo_ms: 10_000 })).toMatchObject({
      kind: "refuse",
      why: expect.stringContaining("was sent before the stop by bob"),
    });
    expect(judgeClear({ ago_ms: 14_000, stopAgo_ms: 10_000 })).toEqual({ kind: "clear" });
    expect(judgeClear({ ago_ms: 30_000, stopAgo_ms: -10_000 })).toEqual({ kind: "clear" });
  });

  test("of an instrument is refused", () => {
    expect(judgeClear({ source: "instrument/furnace-1" })).toMatchObject({ kind: "refuse" });
  });
});
