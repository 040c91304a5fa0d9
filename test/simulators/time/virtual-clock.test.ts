import { expect, test } from "vitest";
import { createVirtualClock } from "../../../simulators/time/virtual-clock.ts";

test("events happen in the order of time, then of scheduling", async () => {
  const clock = createVirtualClock(1000);
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name}@${clock.now_ms()}`);
  clock.schedule(3000, note("c"));
  clock.schedule(2000, note("a"));
  clock.schedule(2000, note("b"));
  clock.schedule(500, note("past"));
  expect(await clock.run()).toBe("empty");
  expect(seen).toEqual(["past@1000", "a@2000", "b@2000", "c@3000"]);
});

test("promises settle before time passes, also over several awaits and tracked work", async () => {
  const clock = createVirtualClock(0);
  const seen: string[] = [];
  clock.schedule(10, () => {
    void (async () => {
      await Promise.resolve();
      await Promise.resolve();
      await clock.track(new Promise((resolve) => setTimeout(resolve, 5)));
      seen.push(`worked@${clock.now_ms()}`);
      clock.schedule(clock.now_ms() + 1, () => seen.push(`then@${clock.now_ms()}`));
    })();
  });
  clock.schedule(20, () => seen.push("later"));
  await clock.run();
  expect(seen).toEqual(["worked@10", "then@11", "later"]);
});

test("a cancelled event does not happen, and bounds stop the run", async () => {
  const clock = createVirtualClock(0);
  let happened = 0;
  clock.schedule(5, () => happened++)();
  const tick = (): void => {
    happened += 1;
    clock.schedule(clock.now_ms() + 10, tick);
  };
  clock.schedule(10, tick);
  expect(await clock.run({ time_max_ms: 35 })).toBe("time");
  expect([happened, clock.now_ms()]).toEqual([3, 35]);
  expect(await clock.run({ events_max: 2 })).toBe("events");
  expect(await clock.run({ until: () => happened === 7 })).toBe("until");
});

test("thousands of events in random order come out sorted", async () => {
  const clock = createVirtualClock(0);
  const times: number[] = [];
  for (let k = 0; k < 2000; k++) {
    const at_ms = (k * 7919) % 1009;
    clock.schedule(at_ms, () => times.push(at_ms));
  }
  await clock.run();
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("what is over when it returns is done in its order, and no turn of the event loop is waited for", async () => {
  const clock = createVirtualClock(0);
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${clock.now_ms()}`);
  const asked: number[] = [];
  clock.schedule(10, note("a"));
  clock.scheduleQuiet(10, note("quiet"));
  clock.scheduleQuiet(10, note("taken back"))();
  clock.schedule(20, note("b"));
  await clock.run({ until: () => asked.push(seen.length) > 100 });
  expect(seen).toEqual(["a@10", "quiet@10", "b@20"]);
  expect(asked).toEqual([0, 1, 3]);
});
