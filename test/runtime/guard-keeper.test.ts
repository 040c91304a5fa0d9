import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../simulators/time/virtual-clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { createGuardKeeper } from "../../src/runtime/guard-keeper.ts";
import { createLab } from "../../src/runtime/lab.ts";

const furnace = asId<"instrument">("furnace-1");

/** A keeper of one guard: at most 900 K, settled after 10 s. */
async function keep() {
  const clock = createVirtualClock(0);
  const lab = createLab();
  const guard = {
    channel: "temperature",
    unit: "K",
    max: 900,
    settle_s: 10,
    action: "pause",
  } as const;
  lab.policies = { [furnace]: { limits: {}, guards: [guard] } };
  const said: string[] = [];
  const keeper = createGuardKeeper({
    lab,
    ports: { clock, timers: clock, logger: silentLogger },
    submit: async ({ type }: LabFact) => said.push(type),
    emergencyStop: () => {},
  });
  const online = (online: boolean): void => {
    const message = { source: "instrument/furnace-1", id: "m" };
    const fact = {
      type: "instrument.online",
      instrumentId: furnace,
      message,
      online,
      bootId: "b1",
    };
    keeper.onEvent({ position: 1, time_ms: clock.now_ms(), fact } as LabEvent);
  };
  online(true);
  const read = (value: number): void => {
    const at = { sent_ms: clock.now_ms(), unit: "K" };
    keeper.onReading({ instrumentId: furnace, channel: "temperature", value, ...at });
  };
  const wait = async (s: number): Promise<void> => {
    await clock.run({ time_max_ms: clock.now_ms() + s * 1000 });
  };
  read(3000);
  expect(said).toEqual(["guard.tripped"]);
  read(840);
  await wait(5);
  return { keeper, online, read, wait, said };
}

describe("a guard that settles", () => {
  test("clears by itself where nothing further is told", async () => {
    const { wait, said } = await keep();
    await wait(6);
    expect(said).toEqual(["guard.tripped", "guard.cleared"]);
  });

  test.each(["the broker", "its instrument"])(
    "begins anew with the next reading where %s was away: others may have been missed",
    async (who) => {
      const { keeper, online, read, wait, said } = await keep();
      if (who === "the broker") {
        keeper.onConnection(false);
        keeper.onConnection(true);
      } else {
        online(false);
        online(true);
      }
      await wait(100);
      expect(said).toEqual(["guard.tripped"]);
      read(840);
      await wait(9);
      expect(said).toEqual(["guard.tripped"]);
      await wait(2);
      expect(said).toEqual(["guard.tripped", "guard.cleared"]);
    },
  );
});
