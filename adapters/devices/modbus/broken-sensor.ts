import type { ModbusMap } from "../../../config/devices/modbus-map.ts";
import type { Cell } from "./modbus-registers.ts";
import { isOneOf, maskedBy } from "./register-values.ts";

/** The registers by which {@link brokenSensor} tells. */
export function sensorRegisters({ measured }: ModbusMap): string[] {
  return [measured.register, measured.flag?.register].filter((name) => name !== undefined);
}

/** Why what is measured is no temperature: its code, its scale (also "no number" of a float), the status beside it. */
export function brokenSensor(
  { measured }: ModbusMap,
  cells: ReadonlyMap<string, Cell>,
): string | undefined {
  const { register, min, max, broken } = measured;
  const cell = cells.get(register);
  if (cell === undefined) return "no value";
  if (isOneOf(cell.raw, broken)) return `the sensor's code ${cell.raw}`;
  if (!(cell.value >= min && cell.value <= max)) return `${cell.value} is beyond its scale`;
  return flagged(measured, cells);
}

/** The device itself says that it measures nothing. A value beyond the scale alone may be a wrong word order or decimal point. */
export function saysBroken({ measured }: ModbusMap, cells: ReadonlyMap<string, Cell>): boolean {
  const { raw, value } = cells.get(measured.register) ?? { raw: 0, value: 0 };
  const isCode = Number.isNaN(value) || isOneOf(raw, measured.broken);
  return isCode || flagged(measured, cells) !== undefined;
}

function flagged(
  { flag }: ModbusMap["measured"],
  cells: ReadonlyMap<string, Cell>,
): string | undefined {
  if (flag === undefined) return undefined;
  const status = cells.get(flag.register)?.raw ?? Number.NaN;
  if (isOneOf(status, flag.good, flag.mask)) return undefined;
  return `the controller says that its sensor is broken (${flag.register} is ${maskedBy(status, flag.mask)})`;
}
