import { PymodbusDevice } from "./pymodbus-device.ts";

/** What the controller says of itself when it is told something; temperatures in °C. */
export interface LoopTruth {
  readonly runs: boolean;
  readonly sp: number;
  readonly pv: number;
  readonly wsp: number;
  readonly starts: number;
  readonly written: readonly (readonly [number, number])[];
}

export type PymodbusLoop = PymodbusDevice<LoopTruth>;

/** A controller of pymodbus-single-loop.py, over the line that its maker gives it. */
export function startLoop(model: "omron" | "watlow", speed = 200): Promise<PymodbusLoop> {
  return PymodbusDevice.start("pymodbus-single-loop.py", { model, rtu: model === "omron", speed });
}
