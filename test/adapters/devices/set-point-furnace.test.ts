import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tieline } from "../../support/command-line.ts";
import { until } from "../gateway/gateway-bench.ts";
import { PYTHON } from "./pymodbus-device.ts";
import { type PymodbusFurnace, startFurnace } from "./pymodbus-furnace.ts";
import { ThermalBench, testMap } from "./thermal-bench.ts";

describe.skipIf(PYTHON === undefined)("a controller of one set point, on pymodbus", () => {
  let furnace: PymodbusFurnace;
  let bench: ThermalBench;

  beforeEach(async () => {
    furnace = await startFurnace({ model: "delta" });
    bench = await ThermalBench.open();
    await bench.start(furnace, testMap("delta-dtb"));
    await bench.agent.untilSaid("birth", {});
  });

  afterEach(async () => {
    await bench.stop();
    await furnace.kill();
  });

  const order = (duration_h = 0.05) =>
    bench.agent.order("j1", { parameters: { temperature_K: 373.15, duration_h } });
  const isInBand = (): Promise<void> =>
    until(async () => expect((await furnace.tell({})).pv).toBeGreaterThan(99));

  test("the gateway keeps the time, then lets it rest; done at the first touch of the band it is not", async () => {
    await order(0.2);
    await isInBand();
    expect(bench.agent.count("result")).toBe(0);
    await bench.agent.untilSaid("result", { jobId: "j1" });
    expect(await furnace.tell({})).toMatchObject({ run: 0, sv: 250, starts: 1 });
  });

  test("somebody who turns the set point takes control; the job waits in the band's absence", async () => {
    await order(0.3);
    await isInBand();
    await furnace.tell({ write: { [0x1001]: 700 } });
    await bench.agent.untilSaid("state", { operation: "busy", control: "local" });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(bench.agent.count("result")).toBe(0);
    await furnace.tell({ write: { [0x1001]: 1000 } });
    await bench.agent.untilSaid("result", { jobId: "j1" });
  });

  test("that runs at rest is free, and look says so too; with a set point of somebody else's it is not", async () => {
    const look = () => {
      const at = ["--at", `tcp://127.0.0.1:${furnace.port}`];
      return tieline("gateway", "look", "--map", "delta-dtb", ...at);
    };
    await furnace.tell({ write: { [0x1068]: 1 } });
    await bench.agent.untilSaid("state", { operation: "idle", control: "automatic" });
    const { out } = await look();
    expect(out).toContain("its state is busy.\nA gateway would take a job.");
    expect(out).toContain("Nothing tells whether its decimals are right");
    await furnace.tell({ write: { [0x1001]: 700 } });
    await bench.agent.untilSaid("state", { operation: "busy", control: "local" });
    expect((await look()).out).toContain(
      "no job, it is under local control: somebody else uses it",
    );
  });

  test("a power cycle is no end", async () => {
    const { bootId } = bench.gateway ?? {};
    await order(0.3);
    await isInBand();
    await furnace.tell({ power: "cycle" });
    await until(() => expect(bench.gateway?.bootId).not.toBe(bootId));
    expect(bench.agent.count("result") + bench.agent.count("failed")).toBe(0);
  });

  test("keeps the wire contract", async () => {
    expect(await bench.examine({ temperature_K: 303.15, duration_h: 0.02 })).toEqual([]);
  });

  test("the code of a missing sensor is no temperature", async () => {
    await order(0.3);
    await isInBand();
    await furnace.tell({ sensor: "broken" });
    await bench.agent.untilSaid("failed", { jobId: "j1" });
    expect(bench.agent.last("failed")?.["reason"]).toContain("sensor is broken");
    expect(await furnace.tell({})).toMatchObject({ run: 0, sv: 250 });
  });
});

describe.skipIf(PYTHON === undefined)("a controller that is not as its map says", () => {
  test.each([
    ["another model", {}, "delta-dtb", /no Delta DTB/],
    ["two decimals", { 525: 2 }, "eurotherm-2400", /one decimal is what this map counts on/],
    ["limits without room", { 111: 0 }, "eurotherm-2400", /allows set points from 0 to 0/],
    ["no room to rest", { 112: 300 }, "eurotherm-2400", /to rest at 25/],
  ])("%s ends the gateway's start", async (_, write, map, words) => {
    const furnace = await startFurnace();
    const bench = await ThermalBench.open();
    try {
      // A first look lets it set itself up.
      await bench.start(furnace, testMap("eurotherm-2400"));
      await furnace.tell({ write: map === "delta-dtb" ? { [0x1004]: 9 } : write });
      await bench.gateway?.stop();
      const started = bench.start(furnace, testMap(map));
      await expect(started).rejects.toThrow(words);
      await expect(started).rejects.toMatchObject({ code: "TL-3202", retryable: false });
    } finally {
      await bench.stop().catch(() => {});
      await furnace.kill();
    }
  });

  test("a wrong word order is told with the one that fits", async () => {
    const furnace = await startFurnace();
    const bench = await ThermalBench.open();
    try {
      const started = bench.start(furnace, testMap("eurotherm-2400", { wordOrder: "CDAB" }));
      await expect(started).rejects.toThrow("wordOrder: ABCD would fit");
    } finally {
      await bench.stop();
      await furnace.kill();
    }
  });
});
