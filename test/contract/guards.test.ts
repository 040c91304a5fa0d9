import { afterEach, describe, expect, test, vi } from "vitest";
import { bakeCapability, bakingCampaign } from "../support/baking.ts";
import { newLab, places } from "../support/limited-daemon.ts";
import type { Script } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

afterEach(async () => {
  vi.restoreAllMocks();
});

const FURNACE: Script = {
  id: "furnace-1",
  capabilities: [bakeCapability({ unit: "K" })],
  channels: { temperature: { unit: "K" } },
  measure: () => undefined,
};

const CAMPAIGN = bakingCampaign(["autoStart: true", "budget: 3"]);

const onInstrument = (guard: string): string =>
  `instruments: { furnace-1: { guards: [{ channel: temperature, unit: K, ${guard} }] } }\n${CAMPAIGN}`;
const onCampaign = (guard: string): string =>
  `${CAMPAIGN}    guards: [{ channel: temperature, unit: K, ${guard} }]\n`;

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

describe.each(places())("guards on $name", (place) => {
  test("cancel what runs, tell why, and give the instrument work again once it has settled", async () => {
    const lab = await newLab().start(
      place,
      onInstrument("max: 900, hysteresis: 50, settle_s: 0.3, then: cancel"),
    );
    const furnace = await lab.add(FURNACE);
    await until(() => furnace.started.length === 1, "the first job");
    furnace.telemetry("temperature", 3000, "K");
    await until(() => furnace.commands.some(({ name }) => name === "cancel"), "the cancel");
    await until(() => lab.alarms().length > 0, "the alarm");
    expect(lab.alarms()[0]).toBe(
      "furnace-1: furnace-1 tells temperature = 3000 K; its guard allows -inf to 900 K",
    );
    const events = lab.daemon.view.events().lines.map(({ type }) => type);
    expect(events).toContain("guard.tripped");
    // Within its limits, but not by the hysteresis: nothing changes.
    furnace.telemetry("temperature", 880, "K");
    await soon();
    expect(furnace.started).toHaveLength(1);
    const told_ms = performance.now();
    furnace.telemetry("temperature", 840, "K");
    // It tells on changes only, and there is none: the guard settles by itself.
    await until(() => furnace.started.length === 2, "work after it has settled");
    expect(performance.now() - told_ms).toBeGreaterThanOrEqual(300);
    expect(lab.alarms()).toEqual([]);
  });

  test("do not settle by a reading after which others may have been missed", async () => {
    const lab = await newLab().start(place, onInstrument("max: 900, settle_s: 0.3, then: pause"));
    const furnace = await lab.add({ ...FURNACE, capabilities: [] });
    furnace.telemetry("temperature", 3000, "K");
    await until(() => lab.daemon.lab.guards.size === 1, "the guard");
    furnace.telemetry("temperature", 840, "K");
    furnace.say("online", "instrument.online", { online: false, bootId: "b1" });
    const connection = () => lab.daemon.view.instrument("furnace-1")?.connection;
    await until(() => connection() !== "online", "its absence");
    furnace.say("online", "instrument.online", { online: true, bootId: "b2" });
    furnace.sayBirth({ capabilities: FURNACE.capabilities, bootId: "b2" });
    await soon();
    await soon();
    expect(furnace.started).toEqual([]);
    furnace.telemetry("temperature", 840, "K");
    await until(() => furnace.started.length === 1, "the job after a new reading");
  });

  test("hold before the first job where the condition is there already, in any unit", async () => {
    const lab = await newLab().start(place, onInstrument("max: 400, then: pause"));
    const furnace = await lab.add({ ...FURNACE, capabilities: [] });
    furnace.telemetry("temperature", 300, "Cel");
    await until(() => lab.daemon.lab.guards.size === 1, "the guard");
    furnace.sayBirth({ capabilities: FURNACE.capabilities, bootId: "b2" });
    await soon();
    expect(furnace.started).toEqual([]);
    furnace.telemetry("temperature", 100, "Cel");
    await until(() => furnace.started.length === 1, "the job after it cleared");
  });

  test("that tripped are tripped after a restart, until a reading is well", async () => {
    const lab = await newLab().start(place, onInstrument("max: 900, settle_s: 0, then: pause"));
    const before = await lab.add({ ...FURNACE, capabilities: [] });
    before.telemetry("temperature", 3000, "K");
    await until(() => lab.daemon.lab.guards.size === 1, "the guard");
    before.stop();
    await lab.restart();
    const furnace = await lab.add({ ...FURNACE, bootId: "b2" });
    await soon();
    expect(lab.alarms()[0]).toContain("its guard allows -inf to 900 K");
    expect(furnace.started).toEqual([]);
    furnace.telemetry("temperature", 840, "K");
    await until(() => furnace.started.length === 1, "the job after it cleared");
    expect(lab.alarms()).toEqual([]);
  });

  test("of a campaign pause it, with the reason, and it goes on by itself", async () => {
    const lab = await newLab().start(place, onCampaign("max: 900, then: pause"));
    const furnace = await lab.add(FURNACE);
    await until(() => furnace.started.length === 1, "the first job");
    furnace.telemetry("temperature", 950, "K");
    const seen = () => lab.daemon.view.campaign("c1");
    await until(() => seen()?.state === "running.hindered", "the pause");
    expect(seen()?.stateReason).toMatch(/temperature = 950 K; its guard allows -inf to 900 K/);
    const [first] = furnace.started;
    if (first !== undefined)
      furnace.finish(first, [{ kind: "objective", name: "strength", value: 1, unit: "MPa" }]);
    await soon();
    expect(furnace.started).toHaveLength(1);
    furnace.telemetry("temperature", 850, "K");
    await until(() => furnace.started.length === 2, "the next job");
  });

  test("set the emergency stop where they are told to; every instrument hears it", async () => {
    const lab = await newLab().start(place, onInstrument("max: 900, then: stop"));
    const furnace = await lab.add(FURNACE);
    const other = await lab.add({ ...FURNACE, id: "xrd-1", capabilities: [], channels: undefined });
    await until(() => furnace.started.length === 1, "the first job");
    furnace.telemetry("temperature", 3000, "K");
    await until(() => other.stops.some(({ active }) => active), "the stop at the other instrument");
    await until(() => lab.daemon.lab.emergency !== undefined, "the latch");
    expect(lab.daemon.lab.emergency?.by).toBe("guard furnace-1/temperature/1");
    furnace.telemetry("temperature", 300, "K");
    await until(() => lab.daemon.lab.guards.size === 0, "the guard clears");
    expect(lab.daemon.lab.emergency).toBeDefined();
  });

  test("notice a rate and a silence", async () => {
    const lab = await newLab().start(
      place,
      `instruments: { furnace-1: { guards: [
  { channel: temperature, unit: K, rate: { max: 20, unit: K/min }, then: pause },
  { channel: pressure, unit: Pa, stale_s: 0.4, then: pause } ] } }\n${CAMPAIGN}`,
    );
    const channels = { temperature: { unit: "K" }, pressure: { unit: "kPa" } };
    const furnace = await lab.add({ ...FURNACE, channels });
    const now = Date.now();
    furnace.telemetry("temperature", 300, "K", new Date(now - 3000));
    furnace.telemetry("temperature", 302, "K", new Date(now));
    await until(() => lab.alarms().some((one) => /by 40 K\/min/.test(one)), "the rate");
    await until(() => lab.alarms().some((one) => /has not told pressure/.test(one)), "the silence");
    furnace.telemetry("pressure", 100, "kPa");
    await until(() => !lab.alarms().some((one) => /pressure/.test(one)), "the voice again");
  });

  test("hear silence, and the clock is an alarm, where it is set back by six hours", async () => {
    const lab = await newLab().start(place, onInstrument("stale_s: 2, then: pause"));
    await lab.add(FURNACE);
    await until(() => lab.daemon.lab.instrumentIds.includes("furnace-1"), "the furnace");
    const real = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => real() - 6 * 3_600_000);
    await until(() => lab.alarms().some((one) => /has not told temperature/.test(one)), "silence");
    await until(() => lab.alarms().some((one) => /this machine stepped/.test(one)), "the step");
  });

  test("on a channel that the birth does not have are an alarm that names the near one", async () => {
    const guard = "{ channel: temprature, unit: K, max: 900, then: stop }";
    const lab = await newLab().start(
      place,
      `instruments: { furnace-1: { guards: [${guard}] } }\n${CAMPAIGN}`,
    );
    const furnace = await lab.add(FURNACE);
    await until(() => lab.alarms().length > 0, "the alarm");
    expect(lab.alarms()[0]).toContain('no channel temprature: did you mean "temperature"?');
    await soon();
    expect(furnace.started).toEqual([]);
  });

  test("an instrument's clock that is 60 s off is an alarm, until it is right", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const furnace = await lab.add(FURNACE);
    const say = (offset_ms: number): void => {
      for (let k = 0; k < 3; k++)
        furnace.telemetry("temperature", 300, "K", new Date(Date.now() + offset_ms));
    };
    say(60_000);
    await until(() => lab.alarms().some((one) => /clock is 60 s ahead/.test(one)), "the alarm");
    say(0);
    say(-60_000);
    await until(() => lab.alarms().some((one) => /60 s behind/.test(one)), "the other way");
  });
});

describe.each(places())("a silent or forgetful controller on $name", (place) => {
  test("that holds a job beyond its bound has it cancelled; while it holds, this is an alarm", async () => {
    const lab = await newLab().start(
      place,
      CAMPAIGN.replace("repeatable: true", "repeatable: true, heldLimit_s: 0.5"),
    );
    const furnace = await lab.add(FURNACE);
    await until(() => furnace.started.length === 1, "the job");
    furnace.sayState({ operation: "held", jobId: furnace.started[0]?.jobId });
    await until(
      () => lab.alarms().some((one) => /is held on furnace-1 since/.test(one)),
      "the alarm",
    );
    await until(() => furnace.commands.some(({ name }) => name === "cancel"), "the cancel");
  });

  test("that counts its states anew under the same boot is heard", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const furnace = await lab.add(FURNACE);
    for (let k = 0; k < 5; k++) furnace.sayState();
    const states = () => lab.daemon.lab.machines.instrument.get("furnace-1")?.states ?? [];
    await until(
      () => (lab.daemon.lab.machines.instrument.get("furnace-1")?.context.seq ?? 0) >= 6,
      "its states",
    );
    furnace.sayState({ seq: 1, operation: "fault" });
    await until(() => states().includes("operation.fault"), "the state of the new count");
    expect(lab.alarms().join()).toMatch(/counts its states anew under the boot b1/);
    expect(lab.daemon.view.instrument("furnace-1")?.operation).toBe("fault");
  });
});
