import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../support/free-port.ts";
import { pythonWith } from "../../support/python-packages.ts";

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

/** The furnace of pymodbus-furnace.py in a process of its own. */
export class PymodbusFurnace {
  readonly port: number;
  /** Its time runs faster than ours: what the gateway takes for the time of day. */
  readonly clock: { now_ms(): number };
  readonly #argv: readonly string[];
  #process: ChildProcessWithoutNullStreams | undefined;
  #lines: AsyncIterator<string> | undefined;

  private constructor(port: number, speed: number, argv: readonly string[]) {
    this.port = port;
    const start_ms = Date.now();
    this.clock = { now_ms: () => start_ms + (Date.now() - start_ms) * speed };
    this.#argv = argv;
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

  async switchOn(): Promise<void> {
    const script = join(import.meta.dirname, "pymodbus-furnace.py");
    this.#process = spawn(PYTHON ?? "python3", [script, ...this.#argv]);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    await this.#lines.next();
  }

  /** Changes the world behind its back; `{}` only asks. */
  async tell(words: Readonly<Record<string, unknown>>): Promise<FurnaceTruth> {
    this.#process?.stdin.write(`${JSON.stringify(words)}\n`);
    const line = await this.#lines?.next();
    return JSON.parse(String(line?.value)) as FurnaceTruth;
  }

  /** SIGSTOP: it does not answer, and its time goes on. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
  }
}
