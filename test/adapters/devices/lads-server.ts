import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../support/free-port.ts";
import { npmFolderWith } from "../../support/npm-packages.ts";
import { pythonWith } from "../../support/python-packages.ts";

/** Where `node-opcua` lies, for the gateway and for its peer; `undefined` where it cannot be had. */
export const OPCUA = npmFolderWith("node-opcua@2.186.4");
export const ASYNCUA = OPCUA === undefined ? undefined : pythonWith("asyncua==2.1.0");

/** What the device says of itself when it is told something. */
export interface DeviceTruth {
  readonly state: string;
  readonly starts: number;
  readonly asked: readonly { readonly properties: unknown; readonly samples: unknown }[];
}

/** A LADS diffractometer in a process of its own: of `node-opcua`, or of `asyncua`. */
export class LadsServer {
  readonly port: number;
  readonly ledger: string;
  readonly #argv: readonly [program: string, ...argv: string[]];
  #process: ChildProcessWithoutNullStreams | undefined;
  #lines: AsyncIterator<string> | undefined;

  private constructor(port: number, ledger: string, argv: readonly [string, ...string[]]) {
    this.port = port;
    this.ledger = ledger;
    this.#argv = argv;
  }

  static async start(
    kind: "node-opcua" | "asyncua",
    options: { readonly run_ms?: number; readonly careless?: boolean } = {},
  ): Promise<LadsServer> {
    const { run_ms = 600, careless = false } = options;
    const port = await freePort();
    const ledger = join(mkdtempSync(join(tmpdir(), "tieline-lads-")), "ledger");
    const about = [`${port}`, `${run_ms}`, ledger, ...(careless ? ["--careless"] : [])];
    const support = join(import.meta.dirname, "../../support");
    const nodesets = join(OPCUA ?? "", "node_modules/node-opcua-nodesets/nodesets");
    const server = new LadsServer(
      port,
      ledger,
      kind === "asyncua"
        ? [ASYNCUA ?? "python3", join(support, "lads-server.py"), nodesets, ...about]
        : [process.execPath, join(support, "lads-server.mjs"), OPCUA ?? "", ...about],
    );
    await server.switchOn();
    return server;
  }

  get address(): string {
    return `opc.tcp://127.0.0.1:${this.port}`;
  }

  /** Jobs and attempts that were started in all its lives. */
  get started(): readonly { readonly jobId: string; readonly taskId: string }[] {
    if (!existsSync(this.ledger)) return [];
    const lines = readFileSync(this.ledger, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as { jobId: string; taskId: string });
  }

  async switchOn(): Promise<void> {
    const [program, ...argv] = this.#argv;
    const child = spawn(program, argv);
    this.#process = child;
    child.stderr.resume();
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`${argv[0]} ended before it listened`);
      if (String(value).startsWith('{"listening"')) return;
    }
  }

  /** Changes the world behind its back; `{}` only asks. */
  async tell(words: Readonly<Record<string, unknown>>): Promise<DeviceTruth> {
    this.#process?.stdin.write(`${JSON.stringify(words)}\n`);
    for (;;) {
      const line = await this.#lines?.next();
      const said = String(line?.value);
      if (line?.done === true) throw new Error("the device has ended");
      if (said.startsWith('{"state"')) return JSON.parse(said) as DeviceTruth;
    }
  }

  /** SIGSTOP: it does not answer, and its run goes on as soon as it is thawed. */
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
