import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import type { DeviceJob } from "../../../adapters/gateway/index.ts";
import type { ModbusMap } from "../../../config/devices/modbus-map.ts";
import { gatewaySchema } from "../../../config/gateway-schema.ts";
import { createGatewayDevice } from "../../../src/cli/gateway/create-gateway-device.ts";
import { until } from "../gateway/gateway-bench.ts";
import { PYTHON } from "./pymodbus-device.ts";
import { type PymodbusLoop, startLoop } from "./pymodbus-single-loop.ts";
import { REAL, ThermalBench, testMap } from "./thermal-bench.ts";

const RATE_REGISTER = { omron: 0x270d, watlow: 2192 } as const;
const MAPS = { omron: "omron-e5cc", watlow: "watlow-ez-zone-pm" } as const;

describe.skipIf(PYTHON === undefined).each(["omron", "watlow"] as const)(
  "a single-loop controller by its maker's table: %s, on pymodbus",
  (model) => {
    let loop: PymodbusLoop;
    let bench: ThermalBench;

    beforeEach(async () => {
      loop = await startLoop(model);
      bench = await ThermalBench.open();
      await bench.start(loop, testMap(MAPS[model]));
      await bench.agent.untilSaid("birth", {});
    });

    afterEach(async () => {
      await bench.stop();
      await loop.kill();
    });

    const order = (duration_h = 0.1) => bench.order("j1", { duration_h });
    const isThere = (): Promise<void> =>
      until(async () => expect((await loop.tell({})).pv).toBeGreaterThan(99));

    test("goes at the job's rate, is held by what is seen, and rests", async () => {
      await order();
      await isThere();
      expect(bench.agent.count("result")).toBe(0);
      await bench.agent.untilSaid("result", { jobId: "j1" });
      const truth = await loop.tell({});
      expect(truth).toMatchObject({ runs: false, sp: 25, starts: 1 });
      expect(truth.written.map(([address]) => address)).toContain(RATE_REGISTER[model]);
      const actual = bench.agent.last("result")?.["actual"] as Record<string, number> | undefined;
      expect(Math.abs((actual?.["temperature_K"] ?? 0) - 373.15)).toBeLessThan(3);
    });

    test("keeps the wire contract", async () => {
      const parameters = { temperature_K: 303.15, duration_h: 0.02, ramp_K_min: 20 };
      expect(await bench.examine(parameters)).toEqual([]);
    });

    test("a broken sensor fails the job, and the furnace is stopped", async () => {
      await order(1);
      await isThere();
      await loop.tell({ sensor: "broken" });
      await bench.agent.untilSaid("failed", { jobId: "j1" });
      expect(bench.agent.last("failed")?.["reason"]).toContain("sensor is broken");
      expect(await loop.tell({})).toMatchObject({ runs: false, sp: 25 });
    });

    test("in manual it takes no job, and a job that runs says so", async () => {
      const manual = model === "omron" ? { [0x2407]: 0x0600 } : { 1880: 54 };
      const ours = model === "omron" ? { [0x2407]: 0x0200 } : { 1880: 10 };
      await order(0.2);
      await isThere();
      await loop.tell({ write: manual });
      await bench.agent.untilSaid("state", { control: "local", jobId: "j1" });
      await bench.agent.order("j2", { parameters: { temperature_K: 373.15, duration_h: 0.1 } });
      await bench.agent.untilSaid("rejected", { jobId: "j2" });
      await loop.tell({ write: ours });
      await bench.agent.untilSaid("result", { jobId: "j1" });
      // From manual to automatic by the panel is a start in Watlow's table: one word is mode and run in one.
      expect((await loop.tell({})).starts).toBe(model === "omron" ? 1 : 2);
    });

    test("a set point that it cuts by itself is told, and nothing is left running", async () => {
      await loop.tell({ clamp: 80 });
      await order();
      await bench.agent.untilSaid("failed", { jobId: "j1" });
      expect(bench.agent.last("failed")?.["reason"]).toMatch(/100\b.*\b80\b/);
      await until(async () =>
        expect(await loop.tell({})).toMatchObject({ runs: false, sp: 25, starts: 0 }),
      );
    });

    test("degrees Fahrenheit from the start: there is no gateway", async () => {
      await bench.gateway?.stop();
      await loop.tell({ write: model === "omron" ? { [0x2c01]: 1 } : { 2490: 30 } });
      const started = bench.start(loop, testMap(MAPS[model]));
      await expect(started).rejects.toThrow(model === "omron" ? /work in °C/ : /speak °C/);
    });

    test("degrees Fahrenheit in mid-job: no value is believed, the job fails, it is stopped", async () => {
      await order(1);
      await isThere();
      await loop.tell({ write: model === "omron" ? { [0x2c01]: 1 } : { 2490: 30 } });
      await bench.agent.untilSaid("failed", { jobId: "j1" });
      expect(bench.agent.last("failed")?.["reason"]).toMatch(/none of its values is believed.*°C/);
      const { runs } = await loop.tell({});
      expect(runs).toBe(false);
      await bench.agent.untilSaid("state", { operation: "fault" });
      await bench.agent.order("j2", { parameters: { temperature_K: 373.15, duration_h: 0.1 } });
      await bench.agent.untilSaid("rejected", { jobId: "j2" });
      await loop.tell({ write: model === "omron" ? { [0x2c01]: 0 } : { 2490: 15 } });
      await bench.agent.untilSaid("state", { operation: "idle" });
    });
  },
);

describe.skipIf(PYTHON === undefined)("what stands in its registers", () => {
  let loop: PymodbusLoop;
  beforeEach(async () => {
    loop = await startLoop("watlow");
  });
  afterEach(() => loop.kill());

  const controllerOf = (changes: Partial<ModbusMap> = {}): ModbusController =>
    new ModbusController({
      map: testMap("watlow-ez-zone-pm", changes),
      ...{ address: `tcp://127.0.0.1:${loop.port}`, unit: 1, clock: REAL },
    });

  test("floats whose words are the other way round are no values, and the order that fits is named", async () => {
    const controller = controllerOf({ wordOrder: "ABCD" });
    await expect(controller.open()).rejects.toThrow(/which is no value: wordOrder: CDAB would fit/);
    controller.close();
  });

  test("the same after the birth: a word order that somebody changes at the panel makes no 0 °C", async () => {
    const controller = controllerOf();
    await controller.open();
    // 25.0 with its high word first.
    await loop.tell({ write: { 2160: 0x41c8, 2161: 0 } });
    const look = await controller.look();
    expect([look.measured, look.misfit]).toEqual([
      undefined,
      expect.stringContaining("wordOrder: ABCD would fit"),
    ]);
    controller.close();
  });

  test("a stop of one that is set up otherwise by now lowers its set point, and never raises it", async () => {
    const controller = controllerOf();
    await controller.open();
    // 10.0, below where it rests, and then 100.0.
    for (const [high, rests] of [
      [0x4120, 10],
      [0x42c8, 25],
    ] as const) {
      await loop.tell({ write: { 2160: 0, 2161: high, 1880: 10, 2490: 30 } });
      await controller.stop();
      expect(await loop.tell({})).toMatchObject({ runs: false, sp: rests });
    }
    controller.close();
  });

  test("a gateway's clock that is set forward makes no dwell shorter", async () => {
    const map = join(import.meta.dirname, "../../../config/gateways/watlow-ez-zone-pm.yaml");
    const at = `tcp://127.0.0.1:${loop.port}`;
    const entry = gatewaySchema.parse({ id: "furnace-1", kind: "modbus", map, at });
    const device = createGatewayDevice(entry, "/");
    const parameters = { temperature_K: 300.15, duration_h: 0.2, ramp_K_min: 20 };
    const folder = mkdtempSync(join(tmpdir(), "tieline-clock-"));
    const call = { signal: new AbortController().signal };
    const job = {
      ...{ jobId: "j1", attempt: 1, capability: "anneal", parameters, folder },
      ...{ sampleIds: [], held: {} },
    } as unknown as DeviceJob;
    const { now } = Date;
    try {
      await device.open?.(call);
      await device.begin(job, call);
      const progress = async (): Promise<number> => (await device.status(call)).progress ?? 1;
      await until(async () => expect(await progress()).toBeGreaterThan(0));
      vi.spyOn(Date, "now").mockImplementation(() => now() + 600_000);
      expect(await progress()).toBeLessThan(0.1);
      expect((await device.status(call)).state).toBe("busy");
    } finally {
      vi.restoreAllMocks();
      await device.halt("the test has ended", job, call);
      await device.close?.();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
