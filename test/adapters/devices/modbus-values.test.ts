import fc from "fast-check";
import { expect, test } from "vitest";
import { crc16 } from "../../../adapters/devices/modbus/framing.ts";
import { blocksOf } from "../../../adapters/devices/modbus/modbus-registers.ts";
import { encodeValue, scaledOf } from "../../../adapters/devices/modbus/register-values.ts";
import type { ModbusRegister } from "../../../config/devices/modbus-map.ts";

const register = (changes: Partial<ModbusRegister> = {}): ModbusRegister => ({
  ...{ address: 2, table: "holding", type: "int16", decimals: 1 },
  ...changes,
});
const orders = fc.constantFrom("ABCD", "CDAB", "BADC", "DCBA" as const);

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
