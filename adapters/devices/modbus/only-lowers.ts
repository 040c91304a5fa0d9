import type { ModbusMap, ModbusRegister } from "../../../config/devices/modbus-map.ts";
import { ORDERS, TINY } from "./check-birth.ts";
import { rawOf } from "./register-values.ts";

/**
 * Whether these words, written into a register that holds `now`, can only lower it, although its device may take numbers otherwise than
 * its map says. In whatever unit and with whatever decimals, a lower number is a lower temperature; of two words each order counts in
 * which `now` is a temperature within the map's scale (30.3 is 2.7e23 to a device that swaps them).
 */
export function onlyLowers(
  words: readonly number[],
  now: readonly number[],
  { type, decimals }: Pick<ModbusRegister, "type" | "decimals">,
  { wordOrder, measured }: Pick<ModbusMap, "wordOrder" | "measured">,
): boolean {
  const isTemperature = (order: ModbusMap["wordOrder"]): boolean => {
    const value = rawOf(now, type, order) / 10 ** decimals;
    const isValue = value === 0 || Math.abs(value) >= TINY;
    return isValue && value >= measured.min && value <= measured.max;
  };
  const orders = now.length === 1 ? [wordOrder] : ORDERS.filter(isTemperature);
  return (
    orders.length > 0 && orders.every((one) => rawOf(words, type, one) < rawOf(now, type, one))
  );
}
