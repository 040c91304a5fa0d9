import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { ToldDevice } from "../../support/told-device.ts";
import { PYTHON } from "./pymodbus-furnace.ts";

/** What the controller says of itself when it is told something; temperatures in °C. */
export interface LoopTruth {
  readonly runs: boolean;
  readonly sp: number;
  readonly pv: number;
  readonly wsp: number;
  readonly starts: number;
  readonly written: readonly (readonly [number, number])[];
}

/** A controller of pymodbus-single-loop.py. */
export class PymodbusLoop extends ToldDevice<LoopTruth> {
  readonly port: number;
  readonly rtu: boolean;
  /** Its time runs faster than ours: what the gateway takes for the time of day. */
  readonly clock: { now_ms(): number };

  private constructor(port: number, speed: number, argv: readonly string[]) {
    const script = join(import.meta.dirname, "pymodbus-single-loop.py");
    super([PYTHON ?? "python3", script, ...argv]);
    this.port = port;
    this.rtu = argv.includes("--rtu");
    const start_ms = Date.now();
    this.clock = { now_ms: () => start_ms + (Date.now() - start_ms) * speed };
  }

  static async start(model: "omron" | "watlow", speed = 200): Promise<PymodbusLoop> {
    const port = await freePort();
    const line = model === "omron" ? ["--rtu"] : [];
    const argv = ["--model", model, "--port", `${port}`, "--speed", `${speed}`, ...line];
    const loop = new PymodbusLoop(port, speed, argv);
    await loop.switchOn();
    return loop;
  }
}
