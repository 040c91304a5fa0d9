import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import type { ModbusMap } from "../../../config/devices/modbus-map.ts";
import { EUROTHERM, HostileModbus } from "./hostile-modbus.ts";
import { PYTHON } from "./pymodbus-device.ts";
import { type PymodbusFurnace, startFurnace } from "./pymodbus-furnace.ts";
import { REAL, testMap } from "./thermal-bench.ts";

/** The Eurotherm's own limits of its set point. */
const HIGH = 111;
const LOW = 112;
const IDENTITY = 122;

describe.skipIf(PYTHON === undefined)("a device that is another one after it was away", () => {
  let furnace: PymodbusFurnace;
  let controller: ModbusController;

  beforeEach(async () => {
    furnace = await startFurnace();
    const map = testMap("eurotherm-2400");
    const address = `tcp://127.0.0.1:${furnace.port}`;
    controller = new ModbusController({ map, address, unit: 1, clock: REAL });
    await controller.open();
    expect(await controller.look()).toMatchObject({ measured: expect.any(Number) });
  });

  afterEach(async () => {
    furnace.thaw();
    controller.close();
    await furnace.kill();
  });

  const misfitOf = async (isIdle = false): Promise<string | undefined> =>
    (await controller.look({ isIdle })).misfit;
  /** It is silent for one look, and `changes` are made before it is asked again. */
  const isAway = async (changes: Readonly<Record<string, unknown>>): Promise<void> => {
    furnace.freeze();
    await expect(controller.look()).rejects.toMatchObject({ retryable: true });
    const told = furnace.tell(changes);
    furnace.thaw();
    await told;
  };

  test("an integer that has other decimals than its float says: no value at any look until it is set back", async () => {
    await isAway({ scale: 1 });
    // As the gateway does after a call that failed.
    await controller.open();
    for (const isIdle of [false, true, true, false]) {
      const look = await controller.look({ isIdle });
      expect(look.misfit).toMatch(/measured is 2\.\d, measuredFloat is 2\d.*: check its decimals/);
      expect(look.measured).toBeUndefined();
    }
    await furnace.tell({ scale: 10 });
    expect(await controller.look({ isIdle: true })).toMatchObject({ measured: expect.closeTo(25) });
  });

  test("a sensor that is broken when it comes back is a broken sensor, and its twins are asked once it is well", async () => {
    await isAway({ sensor: "broken" });
    await controller.open();
    const { misfit, measured, problem } = await controller.look();
    expect([misfit, measured, problem]).toEqual([
      undefined,
      undefined,
      "3276.7 is beyond its scale",
    ]);
    await furnace.tell({ sensor: "ok", scale: 1 });
    expect(await misfitOf(true)).toContain("check its decimals");
  });

  test("the same where the line alone was made anew, between two looks", async () => {
    await furnace.kill();
    await furnace.switchOn();
    await furnace.tell({ scale: 1 });
    expect(await misfitOf(true)).toContain("check its decimals");
    expect(await misfitOf(true)).toContain("check its decimals");
  });

  test("a stop then lowers its set point, and never raises it", async () => {
    await furnace.kill();
    await furnace.switchOn();
    await furnace.tell({ scale: 1, write: { 2: 100 } });
    await controller.stop();
    expect(await furnace.tell({})).toMatchObject({ sp: 100 });
    await furnace.tell({ write: { 2: 900 } });
    await controller.stop();
    expect(await furnace.tell({ scale: 10 })).toMatchObject({ sp: 250, state: 1 });
  });

  test("limits of its own that leave no room are told; others are the limits from then on", async () => {
    await isAway({ write: { [HIGH]: 200 } });
    await controller.open();
    expect(await misfitOf(true)).toMatch(/to rest at 25, but allows set points from 0 to 20 only/);
    expect(await misfitOf(true)).toContain("from 0 to 20 only");
    await furnace.tell({ write: { [HIGH]: 8000, [LOW]: 100 } });
    expect(await misfitOf(true)).toBeUndefined();
    expect(controller.limits).toEqual({ min: 10, max: 800 });
  });
});

/** A Eurotherm and its controller, which has looked at it once. */
async function looked(changes: Partial<ModbusMap> = {}, status = 0) {
  const server = new HostileModbus(false);
  for (const [address, word] of [...EUROTHERM, [74, status] as const])
    server.registers.set(address, word);
  const map = testMap("eurotherm-2400", changes);
  const controller = new ModbusController({
    ...{ address: `tcp://127.0.0.1:${await server.listen()}`, unit: 1, clock: REAL },
    // Between two questions the end of a connection is seen.
    map: { ...map, line: { ...map.line, gap_ms: 100 } },
  });
  ends.push(() => {
    controller.close();
    server.close();
  });
  await controller.open();
  await controller.look();
  return { server, controller };
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test("one that is replaced in the middle of a look is asked for everything at the next", async () => {
  const { server, controller } = await looked();
  expect([controller.limits.max, server.connections]).toEqual([1200, 1]);
  server.spitesAt.set(1, { kind: "replaced", by: [] });
  server.spitesAt.set(HIGH, { kind: "replaced", by: [[HIGH, 8000]] });
  await controller.look();
  expect([controller.limits.max, server.connections]).toEqual([1200, 3]);
  await controller.look({ isIdle: true });
  expect([controller.limits.max, server.connections]).toEqual([800, 3]);
});

test("a stop of one whose sensor is broken since it was replaced raises nothing: its decimals may be others", async () => {
  const { server, controller } = await looked();
  const status = [74, 0x20] as const;
  server.spitesAt.set(IDENTITY, { kind: "replaced", by: [status, [2, 100]] });
  await controller.look();
  await controller.stop();
  expect(server.registers.get(2)).toBe(100);
  server.registers.set(2, 9000);
  await controller.stop();
  expect(server.registers.get(2)).toBe(250);
});

test("a stop of one whose sensor breaks on a connection that is known lets it rest", async () => {
  const { server, controller } = await looked();
  server.registers.set(74, 0x20);
  server.registers.set(2, 100);
  await controller.look();
  await controller.stop();
  expect(server.registers.get(2)).toBe(250);
});

test("a stop of one that was replaced since the last look raises nothing, whatever its sensor's flag shows", async () => {
  const { measured } = testMap("eurotherm-2400");
  const flag = { register: "status", good: [1] };
  const { server, controller } = await looked({ measured: { ...measured, flag } }, 1);
  const other = [[1, 25] as const, [2, 100] as const];
  server.spitesAt.set(IDENTITY, { kind: "replaced", by: other });
  await controller.look();
  await controller.stop();
  expect(server.registers.get(2)).toBe(100);
});
