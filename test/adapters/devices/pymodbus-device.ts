import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { pythonWith } from "../../support/python-packages.ts";
import { ToldDevice } from "../../support/told-device.ts";

export const PYTHON = pythonWith("pymodbus==3.16.1");

export interface PymodbusOptions {
  readonly model: string;
  readonly rtu: boolean;
  /** Its time runs so many times faster. */
  readonly speed: number;
}

/** The command of a device on pymodbus, a script of this folder: what it is told in any program that starts one. */
export function pymodbusCommand(
  script: string,
  { port, model, rtu, speed }: PymodbusOptions & { readonly port: number },
): [program: string, ...argv: string[]] {
  const about = ["--port", `${port}`, "--model", model, "--speed", `${speed}`];
  // -B: nothing is left beside the scripts.
  const run = ["-B", join(import.meta.dirname, script), ...about];
  return [PYTHON ?? "python3", ...run, ...(rtu ? ["--rtu"] : [])];
}

/** A device on pymodbus in a process of its own. */
export class PymodbusDevice<Truth> extends ToldDevice<Truth> {
  readonly port: number;
  readonly rtu: boolean;
  /** What the gateway takes for the time of day: it runs as fast as the device's. */
  readonly clock: { now_ms(): number };

  private constructor(script: string, options: PymodbusOptions & { readonly port: number }) {
    super(pymodbusCommand(script, options));
    const { port, rtu, speed } = options;
    this.port = port;
    this.rtu = rtu;
    const start_ms = Date.now();
    this.clock = { now_ms: () => start_ms + (Date.now() - start_ms) * speed };
  }

  static async start<Truth>(
    script: string,
    options: PymodbusOptions,
  ): Promise<PymodbusDevice<Truth>> {
    const device = new PymodbusDevice<Truth>(script, { ...options, port: await freePort() });
    await device.switchOn();
    return device;
  }
}
