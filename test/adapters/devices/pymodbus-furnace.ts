import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { pythonWith } from "../../support/python-packages.ts";
import { ToldDevice } from "../../support/told-device.ts";

export const PYTHON = pythonWith("pymodbus==3.16.1");

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

/** The furnace of pymodbus-furnace.py. */
export class PymodbusFurnace extends ToldDevice<FurnaceTruth> {
  readonly port: number;
  /** Its time runs faster than ours: what the gateway takes for the time of day. */
  readonly clock: { now_ms(): number };

  private constructor(port: number, speed: number, argv: readonly string[]) {
    const script = join(import.meta.dirname, "pymodbus-furnace.py");
    super([PYTHON ?? "python3", script, ...argv]);
    this.port = port;
    const start_ms = Date.now();
    this.clock = { now_ms: () => start_ms + (Date.now() - start_ms) * speed };
  }

  static async start(
    options: {
      readonly model?: "eurotherm" | "delta";
      readonly rtu?: boolean;
      readonly speed?: number;
    } = {},
  ): Promise<PymodbusFurnace> {
    const { model = "eurotherm", rtu = false, speed = 200 } = options;
    const port = await freePort();
    const argv = [
      "--model",
      model,
      "--port",
      `${port}`,
      "--speed",
      `${speed}`,
      ...(rtu ? ["--rtu"] : []),
    ];
    const furnace = new PymodbusFurnace(port, speed, argv);
    await furnace.switchOn();
    return furnace;
  }
}
