import { once } from "node:events";
import { ServerTCP } from "modbus-serial";
import { expect, test } from "vitest";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import { thermalCapability } from "../../../adapters/devices/thermal/plan.ts";
import { freePort } from "../../support/free-port.ts";
import { REAL, testMap } from "./thermal-bench.ts";

/** A controller on modbus-serial 8.0.25, which shares nothing with pymodbus and nothing with us. */
async function serve(port: number, memory: Map<number, number>): Promise<ServerTCP> {
  const vector = {
    getHoldingRegister: (address: number) => memory.get(address) ?? 0,
    getMultipleHoldingRegisters: (address: number, count: number) =>
      Array.from({ length: count }, (_, k) => memory.get(address + k) ?? 0),
    setRegister: (address: number, value: number) => {
      memory.set(address, value);
    },
  };
  const server = new ServerTCP(vector, { host: "127.0.0.1", port, unitID: 1 });
  await once(server, "initialized");
  return server;
}

test("a controller on modbus-serial: birth, plan, start, stop, each read back", async () => {
  const memory = new Map([
    [0x1000, 0x10000 - 55],
    [0x1001, 250],
    [0x1002, 9000],
    [0x1003, 0x10000 - 500],
  ]);
  const port = await freePort();
  const server = await serve(port, memory);
  const map = testMap("delta-dtb");
  const address = `tcp://127.0.0.1:${port}`;
  const controller = new ModbusController({ map, address, unit: 1, clock: REAL });
  try {
    await controller.open();
    expect(controller.limits).toEqual({ min: -50, max: 900 });
    const plan = { token: 1, target: -12.3, rate: 0, dwell: 60 };
    const { signal } = new AbortController();
    await controller.prepare(plan, signal);
    await controller.start(plan, signal);
    expect(memory.get(0x1001)).toBe(0x10000 - 123);
    expect(await controller.look()).toMatchObject({
      state: "busy",
      measured: -5.5,
      setPoint: -12.3,
    });
    expect(await controller.holds(plan)).toBe(true);
    await controller.stop();
    expect([memory.get(0x1001), memory.get(0x1068)]).toEqual([250, 0]);
    expect(controller.refuse({ ...plan, target: 3276.8 })).toContain("does not fit");
  } finally {
    controller.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});

test("a ramp or a dwell that would arrive as 0 is refused: 0 switches it off", () => {
  const map = testMap("eurotherm-2400");
  const controller = new ModbusController({
    map,
    address: "tcp://127.0.0.1:1",
    unit: 1,
    clock: REAL,
  });
  const plan = { token: 1, target: 100, rate: 5, dwell: 10 };
  expect(controller.refuse(plan)).toBeUndefined();
  expect(controller.refuse({ ...plan, rate: 0.04 })).toContain("a rate of 0.04 would arrive as 0");
  expect(controller.refuse({ ...plan, dwell: 0.04 })).toContain(
    "a dwell of 0.04 would arrive as 0",
  );
  expect(controller.refuse({ ...plan, rate: controller.rate_min })).toBeUndefined();
  const { rate } = map.thermal;
  const declared = thermalCapability(map.thermal, controller).parameters[rate?.parameter ?? ""];
  expect(declared).toMatchObject({ min: 0.1 });
  // A float keeps what is small, and a plan without a rate has none.
  const fine = new ModbusController({
    ...{ map: testMap("eurotherm-nanodac"), address: "tcp://127.0.0.1:1", unit: 1, clock: REAL },
  });
  expect(fine.refuse({ ...plan, rate: 0 })).toBeUndefined();
});

/** A number as two words. */
function float(address: number, value: number): [number, number][] {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return [
    [address, bytes.readUInt16BE(0)],
    [address + 1, bytes.readUInt16BE(2)],
  ];
}

test("a nanodac by its floats on modbus-serial: birth, plan with its number, stop, each read back; another scale is told", async () => {
  const usual: [number, number][] = [[121, 1280], [512, 253], ...float(33792, 25.31)];
  const limits = [...float(44220, 1100), ...float(44222, 0)];
  const memory = new Map([...usual, ...limits, ...float(33796, 25)]);
  const port = await freePort();
  const server = await serve(port, memory);
  const map = testMap("eurotherm-nanodac");
  const address = `tcp://127.0.0.1:${port}`;
  const controller = new ModbusController({ map, address, unit: 1, clock: REAL });
  const other = new ModbusController({ map, address, unit: 1, clock: REAL });
  try {
    await controller.open();
    expect(controller.limits).toEqual({ min: 0, max: 1100 });
    const plan = { token: 4711, target: 612.5, rate: 0, dwell: 60 };
    const { signal } = new AbortController();
    await controller.prepare(plan, signal);
    await controller.start(plan, signal);
    const look = await controller.look();
    expect(look).toMatchObject({ setPoint: 612.5, token: 4711, isAutomatic: true });
    expect(look.measured).toBeCloseTo(25.31, 4);
    expect(await controller.holds(plan)).toBe(true);
    memory.set(257, 2);
    expect((await controller.look()).measured).toBeUndefined();
    memory.set(257, 0).set(513, 1);
    expect((await controller.look()).isAutomatic).toBe(false);
    await controller.stop();
    expect([memory.get(33796), memory.get(33797)]).toEqual(float(0, 25).map(([, word]) => word));
    memory.set(512, 2531);
    await expect(other.open()).rejects.toMatchObject({ code: "TL-3202" });
  } finally {
    controller.close();
    other.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});
