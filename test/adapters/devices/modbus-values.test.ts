import { expect, test } from "vitest";
import { crc16 } from "../../../adapters/devices/modbus/framing.ts";
import { blocksOf, ModbusRegisters } from "../../../adapters/devices/modbus/modbus-registers.ts";
import { onlyLowers } from "../../../adapters/devices/modbus/only-lowers.ts";
import {
  ModbusException,
  type ModbusRequest,
} from "../../../adapters/devices/modbus/protocol-data.ts";
import {
  encodeValue,
  isOneOf,
  scaledOf,
} from "../../../adapters/devices/modbus/register-values.ts";
import { loadDeviceFile } from "../../../config/devices/load-device-file.ts";
import { type ModbusRegister, modbusMapSchema } from "../../../config/devices/modbus-map.ts";
import { fc } from "../../support/properties.ts";

const register = (changes: Partial<ModbusRegister> = {}): ModbusRegister => ({
  ...{ address: 2, table: "holding", type: "int16", decimals: 1, readable: true },
  ...changes,
});
const orders = fc.constantFrom("ABCD", "CDAB", "BADC", "DCBA" as const);

test("words are what the manual writes, whatever their sign in the register; what the mask hides does not count", () => {
  expect(isOneOf(-32765, [0x8003])).toBe(true);
  expect(isOneOf(-32765, [-32765])).toBe(true);
  expect(isOneOf(0x2480, [0x2400], 0xff00)).toBe(true);
  expect(isOneOf(0x2480, [0x2400])).toBe(false);
  expect(isOneOf(-3, [0xfffd, 7])).toBe(true);
  expect(isOneOf(-0x10000, [0])).toBe(false);
});

test("what a device refuses is told with addresses, table, and the map's names", async () => {
  const map = loadDeviceFile("delta-dtb", modbusMapSchema);
  const refuse = async (request: ModbusRequest): Promise<number[]> => {
    throw new ModbusException(request, 2);
  };
  const registers = new ModbusRegisters(map, { ask: refuse, distrust: () => {} });
  await expect(registers.read(["measured", "setPoint"])).rejects.toMatchObject({
    code: "TL-3203",
    message:
      "The device refused reading registers 4096 to 4097 (holding): exception 2, it has no such register (measured, setPoint in the map)",
  });
  await expect(registers.write([{ register: "run", write: 1 }])).rejects.toMatchObject({
    message: expect.stringContaining("writing register 4200 (holding): exception 2, it has"),
  });
});

test("a value is rounded to the register's decimals, never cut", () => {
  for (const [value, decimals, word] of [
    ...([
      [4.35, 2, 435],
      [0.29, 2, 29],
      [1.15, 2, 115],
      [12.75, 1, 128],
    ] as const),
    ...([
      [12.7, 0, 13],
      [12.99, 0, 13],
      [1.005, 2, 101],
    ] as const),
  ])
    expect(encodeValue(value, register({ decimals }), "ABCD")).toEqual([word]);
});

test("below zero is two's complement; what does not fit is refused, not wrapped", () => {
  expect(encodeValue(-5, register({ decimals: 0 }), "ABCD")).toEqual([0xfffb]);
  expect(encodeValue(3276.7, register(), "ABCD")).toEqual([0x7fff]);
  for (const value of [3276.8, -3276.9, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => encodeValue(value, register(), "ABCD")).toThrow("does not fit into register 2");
  expect(() => encodeValue(-1, register({ type: "uint16" }), "ABCD")).toThrow("does not fit");
});

test("what is written is what is read, in every type and word order", () => {
  const types = fc.constantFrom("int16", "uint16", "int32", "uint32", "float32" as const);
  fc.assert(
    fc.property(
      types,
      orders,
      fc.integer({ min: 0, max: 3 }),
      fc.nat(32_000),
      (type, order, decimals, raw) => {
        const one = register({ type, decimals });
        const value = raw / 10 ** decimals;
        expect(
          scaledOf(
            encodeValue(value, { ...one, decimals: type === "float32" ? 0 : decimals }, order),
            { ...one, decimals: type === "float32" ? 0 : decimals },
            order,
          ),
        ).toBeCloseTo(value, 2);
      },
    ),
  );
});

test("25.0 as a float reads 25 in one word order only (measured on a 2400's float area)", () => {
  const float = register({ type: "float32", decimals: 0 });
  const seen = (["ABCD", "CDAB", "BADC", "DCBA"] as const).map((order) =>
    scaledOf([0x41c8, 0], float, order),
  );
  expect(seen[0]).toBe(25);
  for (const other of seen.slice(1)) expect(Math.abs(other - 25)).toBeGreaterThan(1);
});

test("CRC-16 of the specification's example", () => {
  expect(crc16(Uint8Array.from([0x02, 0x07]))).toBe(0x1241);
});

test("registers that lie together are read together, within the device's bound", () => {
  const addresses: Record<string, number> = { a: 1, b: 2, c: 5, d: 30, e: 31, f: 62 };
  const blocks = blocksOf(
    Object.keys(addresses),
    (name) => register({ address: addresses[name] ?? 0 }),
    32,
  );
  expect(blocks.map(({ request }) => [request.address, request.count])).toEqual([
    [1, 5],
    [30, 2],
    [62, 1],
  ]);
  expect(
    blocksOf(["a", "b", "c"], (name) => register({ address: addresses[name] ?? 0 }), 2),
  ).toHaveLength(2);
});

test.each([
  ["in the order of the map", "ABCD", 600, 30.3, true],
  ["to a device that swaps words and takes it for almost nothing", "CDAB", 600, 25, true],
  ["to a device that swaps words and takes it for 2.7e23", "CDAB", 612.3, 30.3, false],
  ["where it is lower already", "ABCD", 20, 25, false],
] as const)(
  "whether a rest only lowers a float set point is asked of each order that fits it, %s",
  (_, order, now, rest, only) => {
    const float = { type: "float32", decimals: 0, address: 0 } as const;
    const map = { wordOrder: "ABCD", measured: { register: "pv", min: -200, max: 1800 } } as const;
    const [wanted, held] = [encodeValue(rest, float, "ABCD"), encodeValue(now, float, order)];
    expect(onlyLowers(wanted, held, float, map as never)).toBe(only);
  },
);
