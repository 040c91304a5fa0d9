import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LineController } from "../../../adapters/devices/line/line-controller.ts";
import { lineMapSchema } from "../../../config/devices/line-map.ts";
import { loadDeviceFile } from "../../../config/devices/load-device-file.ts";
import { tieline } from "../../support/command-line.ts";
import { LakeShoreEmulator, type LineFault } from "../../support/lakeshore-emulator.ts";
import { pythonWith } from "../../support/python-packages.ts";
import { until } from "../gateway/gateway-bench.ts";
import { REAL, ThermalBench } from "./thermal-bench.ts";

const PYTHON = pythonWith("lakeshore==1.10.0");
const SPEED = 200;

function testMap() {
  const map = loadDeviceFile("lakeshore-336", lineMapSchema);
  const line = { ...map.line, timeout_ms: 500, quiet_ms: 20, gap_ms: 0 };
  return { ...map, line, thermal: { ...map.thermal, held_min: 0.8 } };
}

let cryostat: LakeShoreEmulator;
beforeEach(async () => {
  cryostat = await LakeShoreEmulator.start(SPEED);
});
afterEach(() => cryostat.stop());

describe("a Lake Shore 336 behind its gateway", () => {
  let bench: ThermalBench;

  beforeEach(async () => {
    bench = await ThermalBench.open();
    const map = testMap();
    const address = `tcp://127.0.0.1:${cryostat.port}`;
    const begin_ms = Date.now();
    const clock = { now_ms: () => begin_ms + (Date.now() - begin_ms) * SPEED };
    const controller = new LineController({ map, address, clock: REAL });
    await bench.serve({ controller, thermal: map.thermal, clock, capacity: 2 });
    await bench.agent.untilSaid("birth", {});
  });
  afterEach(() => bench.stop());

  const order = (duration_h = 0.05) =>
    bench.agent.order("j1", {
      capability: "hold-temperature",
      parameters: { temperature_K: 77.5, duration_h, ramp_K_min: 20 },
    });
  const isThere = (): Promise<void> =>
    until(() => expect([cryostat.range, cryostat.now]).toEqual([3, 77.5]));

  test("goes at its rate, is held there by the gateway's clock, and rests with its heater off", async () => {
    await order();
    await isThere();
    expect(bench.agent.count("result")).toBe(0);
    await bench.agent.untilSaid("result", { jobId: "j1" });
    expect([cryostat.range, cryostat.setPoint]).toEqual([0, 0]);
    expect(cryostat.asked).toContain("RAMP 1,1,20.0");
    // From where the sample was, not from where the last job ended.
    expect(cryostat.asked.indexOf("SETP 1,4.200")).toBeLessThan(
      cryostat.asked.indexOf("SETP 1,77.500"),
    );
  });

  test.each<LineFault>(["late", "silent", "split", "joined", "closed"])(
    "an answer that is %s: no wrong value is believed, and the job ends well",
    async (fault) => {
      await order(0.15);
      await isThere();
      for (let k = 0; k < 3; k++) {
        cryostat.fault = fault;
        await until(() => expect(cryostat.fault).toBeUndefined());
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      await bench.agent.untilSaid("result", { jobId: "j1" });
      const { temperature_K: seen } = (bench.agent.last("result")?.["actual"] ?? {}) as Record<
        string,
        number
      >;
      expect(seen).toBeCloseTo(77.5, 6);
      expect(cryostat.asked.filter((one) => one === "RANGE 1,3")).toHaveLength(1);
    },
  );

  test("a power cycle is no end; a broken sensor fails the job, with the heater off", async () => {
    await order(5);
    await isThere();
    const bootId = bench.gateway?.bootId;
    cryostat.powerCycle();
    await until(() => expect(bench.gateway?.bootId).not.toBe(bootId));
    expect(bench.agent.count("result") + bench.agent.count("failed")).toBe(0);
    await bench.agent.order("j2", {
      capability: "hold-temperature",
      parameters: { temperature_K: 50, duration_h: 5, ramp_K_min: 100 },
    });
    await until(() => expect(cryostat.range).toBe(3));
    cryostat.status = 128;
    await bench.agent.untilSaid("failed", { jobId: "j2" });
    expect(bench.agent.last("failed")?.["reason"]).toContain("sensor is broken");
    expect([cryostat.range, cryostat.setPoint]).toEqual([0, 0]);
  });

  test("another unit of the set point in mid-job: no value is believed, the job fails, the heater is off", async () => {
    await order(5);
    await isThere();
    cryostat.unit = 2;
    await bench.agent.untilSaid("failed", { jobId: "j1" });
    expect(bench.agent.last("failed")?.["reason"]).toMatch(/must be kelvin.*it was stopped/);
    expect(cryostat.range).toBe(0);
    await bench.agent.untilSaid("state", { operation: "fault" });
    cryostat.unit = 1;
    await bench.agent.untilSaid("state", { operation: "idle" });
  });

  test("somebody who sets another temperature takes control, and is not overruled; a line that is cut for several looks is bridged", async () => {
    await order(0.15);
    await isThere();
    cryostat.setPoint = 60;
    await bench.agent.untilSaid("state", { control: "local", jobId: "j1" });
    await bench.agent.order("j2");
    await bench.agent.untilSaid("rejected", { jobId: "j2" });
    expect(cryostat.setPoint).toBe(60);
    cryostat.setPoint = 77.5;
    for (let k = 0; k < 3; k++) {
      cryostat.cut();
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await bench.agent.untilSaid("result", { jobId: "j1" });
    expect(cryostat.asked.filter((one) => one === "RANGE 1,3")).toHaveLength(1);
  });

  test("keeps the contract: every check of the examination passes", async () => {
    const parameters = { temperature_K: 77.5, duration_h: 0.02, ramp_K_min: 100 };
    expect(await bench.examine(parameters)).toEqual([]);
  });
});

test("a stop goes ahead of fifty questions that wait, and is read back", async () => {
  const address = `tcp://127.0.0.1:${cryostat.port}`;
  const controller = new LineController({ map: testMap(), address, clock: REAL });
  await controller.open();
  const before = cryostat.asked.length;
  const looks = Array.from({ length: 50 }, () => controller.look());
  await controller.stop();
  const asked = cryostat.asked.slice(before);
  // One question is under way; between what a stop tells and asks, nothing else is.
  expect(asked.slice(1, 3)).toEqual(["RANGE 1,0", "RANGE? 1"]);
  expect(asked.filter((words) => words === "KRDG? A").length).toBeLessThan(5);
  expect(cryostat.setPoint).toBe(0);
  await Promise.all(looks);
  controller.close();
});

test("a stop that its heater does not obey lets the set point go to rest all the same, and says so", async () => {
  const controller = new LineController({
    ...{ map: testMap(), address: `tcp://127.0.0.1:${cryostat.port}`, clock: REAL },
  });
  try {
    await controller.open();
    cryostat.range = 3;
    cryostat.setPoint = 77.5;
    cryostat.ramp = { isOn: 1, rate: 5 };
    cryostat.isRangeStuck = true;
    await expect(controller.stop()).rejects.toMatchObject({ code: "TL-3204" });
    expect([cryostat.range, cryostat.setPoint, cryostat.ramp.isOn]).toEqual([3, 0, 0]);
  } finally {
    controller.close();
  }
});

test("a stop of one whose unit is another by now lowers its set point, and never raises it", async () => {
  const address = `tcp://127.0.0.1:${cryostat.port}`;
  const controller = new LineController({ map: testMap(), address, clock: REAL });
  await controller.open();
  cryostat.unit = 2;
  // 77 K and 300 K in degrees Celsius; it rests at 0.
  for (const [setPoint, rests] of [
    [-196.15, -196.15],
    [26.85, 0],
  ] as const) {
    [cryostat.setPoint, cryostat.range] = [setPoint, 2];
    await controller.stop();
    expect([cryostat.range, cryostat.setPoint]).toEqual([0, rests]);
  }
  controller.close();
});

test("another model, another set-up, and a rate or a set point beyond it are told", async () => {
  const map = testMap();
  const address = `tcp://127.0.0.1:${cryostat.port}`;
  const open = async (change: object): Promise<void> => {
    const controller = new LineController({ map: { ...map, ...change }, address, clock: REAL });
    await controller.open().finally(() => controller.close());
  };
  await expect(open({ identity: { ask: "*IDN?", matches: "MODEL340" } })).rejects.toMatchObject({
    code: "TL-3202",
    retryable: false,
    message: expect.stringContaining("*IDN? gives LSCI,MODEL336"),
  });
  const verify = [{ ask: "OUTMODE? 1", matches: "^3,", says: "open loop is needed" }];
  await expect(open({ verify })).rejects.toThrow("open loop is needed (OUTMODE? 1 gives 1,1,0)");
  cryostat.unit = 2;
  await expect(open({})).rejects.toThrow("must be kelvin (1) (INTYPE? A gives 1,0,0,0,2)");
  cryostat.unit = 1;
  const controller = new LineController({ map, address, clock: REAL });
  expect(controller.refuse({ token: 1, target: 900, rate: 5, dwell: 1 })).toContain("0 to 800");
  expect(controller.refuse({ token: 1, target: 90, rate: 500, dwell: 1 })).toContain("0.1 to 100");
  controller.close();
  const { out, code } = await tieline(
    ...["gateway", "look", "--map", "lakeshore-336", "--at", address],
  );
  expect([code, out]).toEqual([0, expect.stringContaining("It is a Lake Shore 336")]);
  expect(out).toContain(
    "Measured 4.2 K, set point 0 K; its state is ready.\nA gateway would take a job.",
  );
});

const SCRIPT = `
import sys
from lakeshore import Model336
box = Model336(ip_address="127.0.0.1", tcp_port=int(sys.argv[1]))
box.set_control_setpoint(1, 77.5)
print(box.query("*IDN?"), box.query("KRDG? A"), box.get_control_setpoint(1), box.get_input_sensor("A").units)
`;

test.skipIf(PYTHON === undefined)(
  "the emulator understands the maker's own Python package, which shares nothing with us",
  async () => {
    const { stdout } = await promisify(execFile)(PYTHON ?? "", ["-c", SCRIPT, `${cryostat.port}`]);
    expect(stdout.trim()).toBe("LSCI,MODEL336,LSA12AB/1234567,2.9 +4.2000 77.5 1");
    expect(cryostat.setPoint).toBe(77.5);
  },
  30_000,
);
