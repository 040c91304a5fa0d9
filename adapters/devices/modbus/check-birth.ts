import type { ModbusMap } from "../../../config/devices/modbus-map.ts";
import { LabError } from "../../../src/core/errors.ts";
import { saysBroken, sensorRegisters } from "./broken-sensor.ts";
import type { Cell, ModbusRegisters } from "./modbus-registers.ts";
import { isOneOf, maskedBy, rawOf } from "./register-values.ts";

export const ORDERS = ["ABCD", "CDAB", "BADC", "DCBA"] as const;

/** Set points that a device takes, in its unit. */
export interface SetPointRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Before a device is an instrument: identity, decimals, word order and limits are held against the map. A device that answers
 * otherwise is another one, or set up otherwise; nothing is done with it.
 *
 * @returns the set points that both the device and the map allow, in the device's unit
 */
export async function checkBirth(
  map: ModbusMap,
  registers: ModbusRegisters,
): Promise<SetPointRange> {
  const names = [...birthRegisters(map), map.setPoint.register];
  const cells = await registers.read(names);
  const problem = birthProblem(map, cells);
  if (problem !== undefined)
    throw new LabError("TL-3202", `This is no ${map.model} as its map describes it: ${problem}`);
  return rangeOf(map, cells);
}

/** The registers by which {@link setUpProblem} tells. */
export function setUpRegisters(map: ModbusMap): string[] {
  return map.verify.map(({ register }) => register);
}

/** The registers by which {@link birthProblem} tells. */
export function birthRegisters(map: ModbusMap): string[] {
  const twins = map.twins.flatMap(({ registers: pair }) => pair);
  const limits = [map.setPoint.low, map.setPoint.high].filter((name) => name !== undefined);
  // Whether the sensor is broken tells whether its twins are to be held against each other.
  return [...setUpRegisters(map), ...twins, ...sensorRegisters(map), ...limits];
}

/**
 * What was read cannot be meant as the map says: somebody has set the device up otherwise (another unit, other decimals, another
 * sensor, another word order). People do that at the panel, at any time, so it is asked at each look.
 */
export function setUpProblem(map: ModbusMap, cells: ReadonlyMap<string, Cell>): string | undefined {
  return verifyProblem(map, cells) ?? tinyProblem(map, cells);
}

/** The same, and what changes only where the device was away: its twins and its own limits. */
export function birthProblem(map: ModbusMap, cells: ReadonlyMap<string, Cell>): string | undefined {
  return setUpProblem(map, cells) ?? twinProblem(map, cells) ?? rangeProblem(map, cells);
}

function verifyProblem(map: ModbusMap, cells: ReadonlyMap<string, Cell>): string | undefined {
  for (const { register, mask, equals, says } of map.verify) {
    const raw = cells.get(register)?.raw;
    // Between jobs it is not asked at every look.
    if (raw === undefined) continue;
    if (!isOneOf(raw, equals, mask))
      return `${says} (${register} is ${maskedBy(raw, mask)}, not ${equals.join(" or ")})`;
  }
  return undefined;
}

/** No temperature is nearer to 0 than this without being 0; a float whose words are swapped is (25.0 read as 2.4e-41). */
export const TINY = 1e-30;

function tinyProblem(map: ModbusMap, cells: ReadonlyMap<string, Cell>): string | undefined {
  for (const [name, { words, value }] of cells) {
    const register = map.registers[name];
    // "No number" is what a float has for a broken sensor, not another word order.
    if (register?.type !== "float32" || value === 0 || !(Math.abs(value) < TINY)) continue;
    const fits = ORDERS.find((order) => {
      const other = rawOf(words, register.type, order);
      return other >= map.measured.min && other <= map.measured.max && Math.abs(other) >= TINY;
    });
    const advice = fits === undefined ? "check its type" : `wordOrder: ${fits} would fit`;
    return `${name} is ${value}, which is no value: ${advice}`;
  }
  return undefined;
}

/** The integer and the float of one value must agree; if another word order would make them, it is named. */
function twinProblem(map: ModbusMap, cells: ReadonlyMap<string, Cell>): string | undefined {
  for (const { registers, within } of map.twins) {
    const [one, other] = registers.map((name) => cells.get(name));
    if (one === undefined || other === undefined) continue;
    // A broken sensor shows its code in one and something else in the other.
    const isSensors = registers.includes(map.measured.register);
    if (isSensors && saysBroken(map, cells)) continue;
    if (Math.abs(one.value - other.value) <= within) continue;
    const wide = map.registers[registers[1]];
    const fits = ORDERS.find(
      (order) =>
        wide !== undefined &&
        other.words.length === 2 &&
        Math.abs(rawOf(other.words, wide.type, order) / 10 ** wide.decimals - one.value) <= within,
    );
    const advice = fits === undefined ? "check its decimals" : `wordOrder: ${fits} would fit`;
    return `${registers[0]} is ${one.value}, ${registers[1]} is ${other.value}: ${advice}`;
  }
  return undefined;
}

/** The narrower of the device's limits, as they were read, and the map's scale. */
export function rangeOf(map: ModbusMap, cells: ReadonlyMap<string, Cell>): SetPointRange {
  const { min, max } = ownRange(map, cells);
  return { min: Math.max(min, map.measured.min), max: Math.min(max, map.measured.max) };
}

function ownRange(map: ModbusMap, cells: ReadonlyMap<string, Cell>): SetPointRange {
  const { low, high } = map.setPoint;
  return {
    min: low === undefined ? map.measured.min : (cells.get(low)?.value ?? Number.NaN),
    max: high === undefined ? map.measured.max : (cells.get(high)?.value ?? Number.NaN),
  };
}

function rangeProblem(map: ModbusMap, cells: ReadonlyMap<string, Cell>): string | undefined {
  const { measured, setPoint, model } = map;
  const { min, max } = ownRange(map, cells);
  if (!(min < max) || min > measured.max || max < measured.min)
    return `the ${model} allows set points from ${min} to ${max}`;
  if (setPoint.rest < min || setPoint.rest > max)
    return (
      `the ${model} is to rest at ${setPoint.rest}, but allows set points from ${min} to ${max} only; ` +
      "correct setPoint.rest in the map, or the device's limits"
    );
  return undefined;
}
