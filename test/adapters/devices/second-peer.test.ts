import { once } from "node:events";
import { ServerTCP } from "modbus-serial";
import { expect, test } from "vitest";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import { freePort } from "../../support/free-port.ts";
import { REAL, testMap } from "./thermal-bench.ts";

/** A controller of one set point on modbus-serial 8.0.25, which shares nothing with pymodbus and nothing with us. */
async function deltaOn(port: number, memory: Map<number, number>): Promise<ServerTCP> {
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
  const server = await deltaOn(port, memory);
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
