import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { npmFolderWith } from "../../support/npm-packages.ts";
import { pythonWith } from "../../support/python-packages.ts";
import { ToldDevice } from "../../support/told-device.ts";

/** Where `node-opcua` lies, for the gateway and for its peer; `undefined` where it cannot be had. */
export const OPCUA = npmFolderWith("node-opcua@2.186.4");
export const ASYNCUA = OPCUA === undefined ? undefined : pythonWith("asyncua==2.1.0");

/** What the device says of itself when it is told something. */
export interface DeviceTruth {
  readonly state: string;
  readonly starts: number;
  /** Whose lock it is. */
  readonly lock: string;
  readonly asked: readonly { readonly properties: unknown; readonly samples: unknown }[];
}

/** A LADS diffractometer: of `node-opcua`, or of `asyncua`. */
export class LadsServer extends ToldDevice<DeviceTruth> {
  readonly port: number;
  readonly ledger: string;

  private constructor(port: number, ledger: string, argv: readonly [string, ...string[]]) {
    super(argv);
    this.port = port;
    this.ledger = ledger;
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
}
