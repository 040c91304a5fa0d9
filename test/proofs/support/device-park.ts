import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ASYNCUA, OPCUA } from "../../adapters/devices/lads-server.ts";
import { pymodbusCommand } from "../../adapters/devices/pymodbus-device.ts";
import { FURNACE_SCRIPT } from "../../adapters/devices/pymodbus-furnace.ts";
import { freePort } from "../../support/free-port.ts";

const ROOT = join(import.meta.dirname, "../../..");
const BUDGET = 4;
/** What the devices say when they have come up. */
const UP = /"listening"/;

/** A program that is killed and started again. */
export class Mortal {
  readonly name: string;
  readonly #argv: readonly [program: string, ...argv: string[]];
  readonly #isReady: RegExp;
  #child: ChildProcess | undefined;
  #said = "";
  #isUp = false;

  constructor(name: string, isReady: RegExp, ...argv: [program: string, ...argv: string[]]) {
    this.name = name;
    this.#isReady = isReady;
    this.#argv = argv;
  }

  /** It has come up since its last start: killing it sooner would only kill a boot. */
  get isUp(): boolean {
    return this.code === undefined && this.#isUp;
  }

  /** Its exit code; `undefined` while it runs. */
  get code(): number | null | undefined {
    return this.#child === undefined ? undefined : (this.#child.exitCode ?? undefined);
  }

  get last(): string {
    return this.#said;
  }

  start(): void {
    const [program, ...argv] = this.#argv;
    this.#said = "";
    this.#isUp = false;
    // Its input stays open: the devices end with it.
    const child = spawn(program, argv, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, TIELINE_LOG_LEVEL: "error" },
    });
    const keep = (chunk: Buffer): void => {
      this.#said = (this.#said + chunk.toString()).slice(-4000);
      this.#isUp ||= this.#isReady.test(this.#said);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.#child = child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

/** What a device began, by its own ledger: jobs with attempts, or the tokens of both. */
export interface Begun {
  readonly jobId?: string;
  readonly taskId?: string;
  readonly token?: number;
}

/**
 * Four kinds of step, each with a device of its own program and a gateway of its own process: a robot behind files, a furnace on
 * pymodbus, a person, a diffractometer on LADS; and the daemon that runs a campaign over them.
 */
export class DevicePark {
  readonly folder: string;
  readonly budget = BUDGET;
  readonly site: string;
  readonly instruments = ["robot-1", "furnace-1", "xrd-1"] as const;
  readonly devices: readonly Mortal[];
  readonly gateways: readonly Mortal[];
  readonly daemon: Mortal;
  readonly #main: string;

  private constructor(about: {
    readonly main: string;
    readonly folder: string;
    readonly site: string;
    readonly broker: string;
    readonly ports: { readonly furnace: number; readonly xrd: number };
    readonly peer: "node-opcua" | "asyncua";
  }) {
    const { main, folder, site, broker, ports, peer } = about;
    this.#main = main;
    this.folder = folder;
    this.site = site;
    const support = join(ROOT, "test/support");
    const ledger = (name: string): string => join(folder, `${name}.ledger`);
    const nodesets = join(OPCUA ?? "", "node_modules/node-opcua-nodesets/nodesets");
    const scan = [`${ports.xrd}`, "400", ledger("xrd-1")];
    const furnace = { port: ports.furnace, model: "eurotherm", rtu: false, speed: 1 };
    const node = process.execPath;
    this.devices = [
      new Mortal(
        "robot-1",
        UP,
        node,
        join(support, "drop-robot.mjs"),
        folder,
        "300",
        ledger("robot-1"),
      ),
      new Mortal(
        "furnace-1",
        UP,
        ...pymodbusCommand(FURNACE_SCRIPT, furnace),
        ...["--ledger", ledger("furnace-1")],
      ),
      peer === "asyncua"
        ? new Mortal("xrd-1", UP, ASYNCUA ?? "", join(support, "lads-server.py"), nodesets, ...scan)
        : new Mortal("xrd-1", UP, node, join(support, "lads-server.mjs"), OPCUA ?? "", ...scan),
    ];
    const bench = join(folder, "bench.yaml");
    this.gateways = this.instruments.map((id) => {
      const own = ["--id", id, "--folder", join(folder, `gateway-${id}`), "--broker", broker];
      return new Mortal(
        `gateway of ${id}`,
        /gateway\.connected/,
        node,
        main,
        "gateway",
        "serve",
        "--config",
        bench,
        ...own,
      );
    });
    const lab = ["--config", join(folder, "lab.yaml"), "--data", join(folder, "data")];
    this.daemon = new Mortal(
      "daemon",
      /Tieline runs/,
      node,
      main,
      "start",
      ...lab,
      "--until-done",
      "--speed",
      "1",
    );
  }

  static async make(about: {
    readonly main: string;
    readonly folder: string;
    readonly site: string;
    readonly broker: string;
    readonly peer: "node-opcua" | "asyncua";
  }): Promise<DevicePark> {
    const { folder, site, broker } = about;
    mkdirSync(folder, { recursive: true });
    const ports = { furnace: await freePort(), xrd: await freePort() };
    symlinkSync(join(OPCUA ?? "", "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "furnace.yaml"), quickFurnace());
    writeFileSync(join(folder, "bench.yaml"), bench(site, ports));
    writeFileSync(join(folder, "lab.yaml"), laboratory(site, broker));
    return new DevicePark({ ...about, ports });
  }

  /** Devices first, and the slowest of them is waited for. */
  async open(): Promise<void> {
    for (const device of this.devices) device.start();
    while (!this.devices.every(({ isUp }) => isUp)) await wait(200);
    for (const gateway of this.gateways) gateway.start();
    this.daemon.start();
  }

  async close(): Promise<void> {
    for (const one of [this.daemon, ...this.gateways, ...this.devices]) await one.kill();
  }

  begun(instrument: string): readonly Begun[] {
    const file = join(this.folder, `${instrument}.ledger`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Begun);
  }

  /** `tieline ARGV`. */
  command(...argv: string[]): readonly [string, ...string[]] {
    return [process.execPath, this.#main, ...argv];
  }
}

/** The map that ships, of a small furnace that is quick. */
function quickFurnace(): string {
  return readFileSync(join(ROOT, "config/gateways/eurotherm-2400.yaml"), "utf8")
    .replace("max: 20, value: 5", "max: 1200, value: 900")
    .replace("timeout_ms: 1000", "timeout_ms: 3000")
    .replace("capability: anneal", "capability: anneal\n  repeatable: true");
}

function bench(site: string, ports: { readonly furnace: number; readonly xrd: number }): string {
  return `version: 1
site: ${site}
gateways:
  - id: robot-1
    kind: folder
    folder: .
    capability: make
    parameters: [{ name: x, unit: "1", min: 0, max: 1 }]
    settle_ms: 0
    poll_ms: 200
  - { id: furnace-1, kind: modbus, map: ./furnace.yaml, at: "tcp://127.0.0.1:${ports.furnace}", poll_ms: 200 }
  - id: xrd-1
    kind: lads
    at: opc.tcp://127.0.0.1:${ports.xrd}
    program: powder-scan
    capability: diffract
    parameters: [{ name: twoTheta_deg, unit: deg, min: 10, max: 120, as: TwoThetaMax }]
    objectives: [{ name: peak, unit: "1", as: PeakCounts }]
    repeatable: true
    timeout_ms: 10000
    poll_ms: 200
`;
}

function laboratory(site: string, broker: string): string {
  return `version: 1
site: ${site}
seed: "1"
broker: { url: "${broker}" }
page: { host: 127.0.0.1, port: 0 }
campaigns:
  - id: mixed-${site}
    goal: optimise
    autoStart: true
    approval: automatic
    budget: ${BUDGET}
    inFlight: 2
    space:
      kind: grid
      axes:
        - { name: x, min: 0, max: 1, step: 0.1 }
        - { name: temperature_K, min: 303, max: 313, step: 1 }
    recipe:
      - { capability: make, parameters: { x: { axis: x } }, timeLimit_s: 3600 }
      - capability: anneal
        parameters: { temperature_K: { axis: temperature_K }, duration_h: 0.0017 }
        timeLimit_s: 3600
        repeatable: true
        retries: 20
      - { capability: look, by: person, instructions: Is it whole?, timeLimit_s: 86400 }
      - capability: diffract
        parameters: { twoTheta_deg: 80 }
        timeLimit_s: 3600
        repeatable: true
        retries: 20
    model:
      objectives: [{ name: peak, direction: max }]
`;
}
