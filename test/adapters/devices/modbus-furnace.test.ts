import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../gateway/gateway-bench.ts";
import { PYTHON } from "./pymodbus-device.ts";
import { type PymodbusFurnace, startFurnace } from "./pymodbus-furnace.ts";
import { ThermalBench, testMap } from "./thermal-bench.ts";

const KINDS = [
  ["Modbus TCP", false],
  ["RTU over TCP", true],
] as const;

describe.skipIf(PYTHON === undefined).each(KINDS)("a furnace on pymodbus over %s", (_, rtu) => {
  let furnace: PymodbusFurnace;
  let bench: ThermalBench;

  beforeEach(async () => {
    furnace = await startFurnace({ rtu });
    bench = await ThermalBench.open();
    const { port, clock } = furnace;
    await bench.start({ port, clock, rtu }, testMap("eurotherm-2400"));
    await bench.agent.untilSaid("birth", {});
  });

  afterEach(async () => {
    furnace.thaw();
    await bench.stop();
    await furnace.kill();
  });

  const isRunning = (jobId: string): Promise<void> =>
    bench.agent.untilSaid("state", { operation: "busy", jobId });
  /** It is in its dwell, and some time of it has been seen. */
  const isInBand = async (): Promise<void> => {
    await until(async () => expect((await furnace.tell({})).pv).toBeGreaterThan(99));
    await new Promise((resolve) => setTimeout(resolve, 300));
  };
  const endings = (): number => bench.agent.count("result") + bench.agent.count("failed");

  test("carries a program out: done is what was seen in the band for the time", async () => {
    const temperature_K = expect.objectContaining({ min: 273.15, max: 1473.15 });
    const parameters = expect.objectContaining({ temperature_K });
    await bench.agent.untilSaid("birth", {
      capabilities: [expect.objectContaining({ parameters })],
    });
    await bench.order("j1");
    await bench.agent.untilSaid("result", { jobId: "j1", observations: [] });
    const actual = bench.agent.last("result")?.["actual"] as Record<string, number> | undefined;
    expect(actual?.["temperature_K"]).toBeCloseTo(373.15, 0);
    expect(actual?.["duration_h"]).toBeGreaterThan(0.8 * 0.1);
    expect((await furnace.tell({})).starts).toBe(1);
  });

  test("hold freezes the program, resume goes on; somebody else's hold is local control", async () => {
    // At 600 times life's speed a machine that stalls sees too little of a short dwell, and the furnace would say so.
    await bench.order("j1", { duration_h: 0.3 });
    await isRunning("j1");
    await bench.agent.control("hold", "j1");
    await bench.agent.untilSaid("state", { operation: "held", control: "automatic" });
    expect((await furnace.tell({})).state).toBe(4);
    await bench.agent.control("resume", "j1");
    await until(async () => expect((await furnace.tell({})).state & 10).not.toBe(0));
    await furnace.tell({ write: { 23: 4 } });
    await bench.agent.untilSaid("state", { operation: "held", control: "local" });
    await furnace.tell({ write: { 23: 2 } });
    await bench.agent.untilSaid("result", { jobId: "j1" });
  });

  test("a late answer, exceptions and a freeze of three polls: no wrong value, no second start", async () => {
    await bench.order("j1", { duration_h: 0.3 });
    // A silence is bridged between two looks within the band.
    await isInBand();
    await furnace.tell({ late: 1.4, times: 1 });
    await furnace.tell({ except: 4, times: 2 });
    furnace.freeze();
    await bench.agent.untilSaid("state", { operation: "fault", jobId: "j1" });
    furnace.thaw();
    await bench.agent.untilSaid("result", { jobId: "j1" });
    const readings = bench.agent.heard.filter(({ word }) => word === "temperature");
    for (const { data } of readings) expect(data["value"]).toBeLessThan(104);
    expect((await furnace.tell({})).starts).toBe(1);
  });

  test("a power cycle in mid-program is no end: the job is unknown", async () => {
    const { bootId } = bench.gateway ?? {};
    await bench.order("j1", { duration_h: 0.2 });
    await isInBand();
    const before = bench.agent.count("birth");
    await furnace.tell({ power: "cycle" });
    // Its birth is what an agent hears: before that its ears may not be open yet.
    await until(() => expect(bench.agent.count("birth")).toBeGreaterThan(before));
    expect(bench.gateway?.bootId).not.toBe(bootId);
    await bench.agent.reconcile(["j1"]);
    await bench.agent.untilSaid("unknown", { jobId: "j1" });
    expect(endings()).toBe(0);
  });

  test("killed and switched on again within a poll: unknown, not done", async () => {
    const { bootId } = bench.gateway ?? {};
    await bench.order("j1");
    await isRunning("j1");
    await furnace.kill();
    await furnace.switchOn();
    await until(() => expect(bench.gateway?.bootId).not.toBe(bootId));
    expect(endings()).toBe(0);
  });

  test("a broken sensor stops the furnace, and the job fails with the reason", async () => {
    await bench.order("j1");
    await isRunning("j1");
    await furnace.tell({ sensor: "broken" });
    await bench.agent.untilSaid("failed", { jobId: "j1" });
    expect(bench.agent.last("failed")?.["reason"]).toMatch(/sensor is broken.*beyond its scale/);
    expect(await furnace.tell({})).toMatchObject({ state: 1, sp: 250 });
    for (const { word, data } of bench.agent.heard)
      if (word === "temperature") expect(data["value"]).toBeLessThan(1800);
  });

  test("bit 5 of the status word alone, as pymodbus' simulator sets it, is a broken sensor; bit 13 is not", async () => {
    await bench.order("j1");
    await isRunning("j1");
    await furnace.tell({ status: [13] });
    const seen = bench.agent.count("temperature");
    await until(() => expect(bench.agent.count("temperature")).toBeGreaterThan(seen + 4));
    expect(bench.agent.count("failed")).toBe(0);
    await furnace.tell({ status: [5] });
    await bench.agent.untilSaid("failed", { jobId: "j1" });
    expect(bench.agent.last("failed")?.["reason"]).toContain("the controller says that its sensor");
  });

  test("a start that is refused and carried out all the same is taken back, and not begun again", async () => {
    await furnace.tell({ denies: 4 });
    await bench.order("j1");
    await bench.agent.untilSaid("failed", { jobId: "j1" });
    expect(bench.agent.last("failed")?.["reason"]).toContain("exception 4");
    await until(async () =>
      expect(await furnace.tell({})).toMatchObject({ state: 1, sp: 250, starts: 1 }),
    );
  });

  test("a start that is acknowledged (exception 5) is not said again: its state tells", async () => {
    await furnace.tell({ denies: 5 });
    await bench.order("j1");
    await isRunning("j1");
    const { written } = await furnace.tell({});
    expect(written.filter(([address, word]) => address === 23 && word === 2)).toHaveLength(1);
    await bench.agent.untilSaid("result", { jobId: "j1" });
  });

  test("a program that ends before its time in the band is a failure, not a result", async () => {
    await bench.order("j1", { duration_h: 0.2 });
    await isInBand();
    await furnace.tell({ write: { 23: 16 } });
    await bench.agent.untilSaid("failed", { jobId: "j1" });
    expect(bench.agent.last("failed")?.["reason"]).toMatch(/within 2 Cel of 100 Cel for .* only/);
  });

  test("a program that somebody changed is not ours any more", async () => {
    await bench.order("j1", { duration_h: 0.2 });
    await isInBand();
    await furnace.tell({ write: { 8201: 900, 23: 16 } });
    const { bootId } = bench.gateway ?? {};
    await until(() => expect(bench.gateway?.bootId).not.toBe(bootId));
    expect(endings()).toBe(0);
  });

  test("somebody else's program keeps jobs away", async () => {
    await furnace.tell({ write: { 8200: 3, 8201: 900, 8202: 500, 23: 2 } });
    await bench.agent.untilSaid("state", { control: "local" });
    await bench.order("j1");
    await bench.agent.untilSaid("rejected", { jobId: "j1", retryable: true });
  });

  test("a stop is read back, behind whatever was asked", async () => {
    await bench.order("j1");
    await isRunning("j1");
    await bench.agent.emergencyStop(true, true);
    await bench.agent.untilSaid("state", { safety: "emergencyStopped" });
    expect(await furnace.tell({})).toMatchObject({ state: 1, sp: 250 });
    await bench.agent.untilSaid("failed", { jobId: "j1" });
  });

  test("the gateway killed in the dwell takes the job up; done once, started once", async () => {
    await bench.order("j1", { duration_h: 0.2 });
    await isInBand();
    await bench.gateway?.stop();
    const { port, clock } = furnace;
    await bench.start({ port, clock, rtu }, testMap("eurotherm-2400"));
    await bench.agent.untilSaid("result", { jobId: "j1" });
    expect((await furnace.tell({})).starts).toBe(1);
  });
});

test.skipIf(PYTHON === undefined)(
  "a furnace on pymodbus keeps the wire contract",
  { timeout: 120_000 },
  async () => {
    const furnace = await startFurnace({ speed: 300 });
    const bench = await ThermalBench.open();
    try {
      await bench.start(furnace, testMap("eurotherm-2400"));
      const parameters = { temperature_K: 323.15, duration_h: 0.1, ramp_K_min: 20 };
      expect(await bench.examine(parameters)).toEqual([]);
    } finally {
      await bench.stop();
      await furnace.kill();
    }
  },
);
