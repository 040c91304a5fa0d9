import { PymodbusDevice, type PymodbusOptions } from "./pymodbus-device.ts";

export const FURNACE_SCRIPT = "pymodbus-furnace.py";

/** What the furnace says of itself when it is told something. */
export interface FurnaceTruth {
  readonly state: number;
  readonly run: number;
  readonly pv: number;
  readonly wsp: number;
  readonly sp: number;
  readonly sv: number;
  readonly starts: number;
  readonly written: readonly (readonly [number, number])[];
}

export type PymodbusFurnace = PymodbusDevice<FurnaceTruth>;

/** The furnace of pymodbus-furnace.py: a Eurotherm with programmer over Modbus TCP, unless told otherwise. */
export function startFurnace(
  options: Partial<PymodbusOptions & { readonly model: "eurotherm" | "delta" }> = {},
): Promise<PymodbusFurnace> {
  const usual = { model: "eurotherm", rtu: false, speed: 200 };
  return PymodbusDevice.start(FURNACE_SCRIPT, { ...usual, ...options });
}
