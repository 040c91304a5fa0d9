import { beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { type ClockWatch, createClockWatch } from "../../src/runtime/clock-watch.ts";
import { createLab } from "../../src/runtime/lab.ts";

const HOUR_ms = 3_600_000;

/** A wall clock that can be set, and the time that really passes. */
let wall_ms = 0;
let passed_ms = 0;
let due: { at_ms: number; act: () => void } | undefined;
let noted: LabFact[] = [];
let watch: ClockWatch;

beforeEach(() => {
  wall_ms = 1_000_000;
  passed_ms = 0;
  due = undefined;
  noted = [];
  watch = createClockWatch({
    lab: createLab(),
    ports: {
      clock: { now_ms: () => wall_ms },
      timers: {
        schedule: (at_ms, act) => {
          due = { at_ms, act };
          return () => {
            due = undefined;
          };
        },
      },
      logger: silentLogger,
      monotonic_ms: () => passed_ms,
    },
    submit: async (fact) => void noted.push(fact),
  });
  watch.start();
});

/** Lets real time pass, second by second, and the clock with it. */
function pass(seconds: number): void {
  for (let k = 0; k < seconds; k++) {
    wall_ms += 1000;
    passed_ms += 1000;
    due?.act();
  }
}

test.each([6 * HOUR_ms, -6 * HOUR_ms, 6_000])("our clock set by %i ms is noted once", (step_ms) => {
  pass(5);
  expect(noted).toEqual([]);
  wall_ms += step_ms;
  pass(30);
  expect(noted).toEqual([{ type: "clock.noted", offset_ms: step_ms }]);
});

test("after ten quiet minutes it is told no more", () => {
  wall_ms += HOUR_ms;
  pass(700);
  expect(noted).toEqual([
    { type: "clock.noted", offset_ms: HOUR_ms },
    { type: "clock.noted", offset_ms: 0 },
  ]);
});

test("a clock that is pulled slowly is no step, and nothing is looked at after the stop", () => {
  for (let k = 0; k < 60; k++) {
    wall_ms += 50;
    pass(1);
  }
  expect(noted).toEqual([]);
  watch.stop();
  expect(due).toBeUndefined();
});

test("an instrument's clock is judged by the least delayed of three messages", () => {
  const late = (delay_ms: number): void => watch.onMessage("furnace-1", wall_ms - delay_ms);
  late(9000);
  late(20);
  late(9000);
  expect(noted).toEqual([]);
  for (let k = 0; k < 3; k++) late(8000);
  expect(noted).toEqual([{ type: "clock.noted", instrumentId: "furnace-1", offset_ms: -8000 }]);
  for (let k = 0; k < 3; k++) late(100);
  expect(noted.at(-1)).toEqual({ type: "clock.noted", instrumentId: "furnace-1", offset_ms: 0 });
});
