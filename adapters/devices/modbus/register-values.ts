import type { ModbusMap, ModbusRegister } from "../../../config/devices/modbus-map.ts";
import { LabError } from "../../../src/core/errors.ts";

type WordOrder = ModbusMap["wordOrder"];

const RANGES: Readonly<Record<ModbusRegister["type"], readonly [number, number]>> = {
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
};

export function wordsOf({ type }: Pick<ModbusRegister, "type">): 1 | 2 {
  return type === "int16" || type === "uint16" ? 1 : 2;
}

/** The number on the wire, before decimals. */
export function rawOf(
  words: readonly number[],
  type: ModbusRegister["type"],
  order: WordOrder,
): number {
  const view = new DataView(new ArrayBuffer(4));
  if (words.length === 1) {
    view.setUint16(0, words[0] ?? 0);
    return type === "int16" ? view.getInt16(0) : view.getUint16(0);
  }
  for (const [k, word] of arrange(words, order).entries()) view.setUint16(2 * k, word);
  if (type === "float32") return view.getFloat32(0);
  return type === "int32" ? view.getInt32(0) : view.getUint32(0);
}

/** The value in the register's unit. */
export function scaledOf(
  words: readonly number[],
  register: ModbusRegister,
  order: WordOrder,
): number {
  const raw = rawOf(words, register.type, order);
  return register.decimals === 0 ? raw : raw / 10 ** register.decimals;
}

/**
 * The words of a value: rounded to the register's decimals (never cut: 12.7 is not 12), two's complement below zero.
 * TL-3104 where it does not fit: 3276.8 with one decimal would arrive as -3276.8.
 */
export function encodeValue(
  value: number,
  register: Pick<ModbusRegister, "type" | "decimals" | "address">,
  order: WordOrder,
): number[] {
  const { type, decimals, address } = register;
  const [min, max] = RANGES[type];
  const scaled =
    type === "float32" ? value : Math.round(Number((value * 10 ** decimals).toPrecision(15)));
  if (!Number.isFinite(scaled) || scaled < min || scaled > max)
    throw new LabError(
      "TL-3104",
      `${value} does not fit into register ${address}: as ${type} with ${decimals} decimals it holds ${min / 10 ** decimals} to ${max / 10 ** decimals}`,
    );
  const view = new DataView(new ArrayBuffer(4));
  if (wordsOf(register) === 1) {
    view.setInt16(0, scaled);
    return [view.getUint16(0)];
  }
  if (type === "float32") view.setFloat32(0, scaled);
  else view.setInt32(0, scaled);
  return arrange([view.getUint16(0), view.getUint16(2)], order);
}

/**
 * Whether a register shows one of these values, under its mask. Manuals write words as they are on the wire: 0x8003 is -32765 in an int16.
 */
export function isOneOf(raw: number, values: readonly number[], mask?: number): boolean {
  const seen = maskedBy(raw, mask);
  return values.includes(seen) || (seen < 0 && seen >= -0x8000 && values.includes(seen & 0xffff));
}

/** All of it, without a mask. */
export function maskedBy(raw: number, mask: number | undefined): number {
  return mask === undefined ? raw : raw & mask;
}

/** Smallest value above 0 that a register keeps. */
export function stepOf({ type, decimals }: Pick<ModbusRegister, "type" | "decimals">): number {
  return type === "float32" ? Number.MIN_VALUE : 10 ** -decimals;
}

/** TL-3104 where a rate or a time above 0 would arrive as 0: that switches it off, and the set point steps. */
export function refuseVanishing(
  what: string,
  value: number,
  register: Pick<ModbusRegister, "type" | "decimals">,
): void {
  const step = stepOf(register);
  if (!(value > 0) || Math.round(Number((value / step).toPrecision(15))) !== 0) return;
  throw new LabError(
    "TL-3104",
    `a ${what} of ${value} would arrive as 0, which switches it off: the least is ${step}`,
  );
}

/** To big-endian and back: each order is its own inverse. */
function arrange(words: readonly number[], order: WordOrder): number[] {
  const swapped = order === "CDAB" || order === "DCBA" ? [...words].reverse() : [...words];
  return order === "BADC" || order === "DCBA"
    ? swapped.map((word) => ((word & 0xff) << 8) | (word >> 8))
    : swapped;
}
