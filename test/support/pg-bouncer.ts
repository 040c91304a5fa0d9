import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { peerIsThere } from "./peer.ts";
import type { PostgresServer } from "./postgres-server.ts";

const PROGRAM = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));

export function pgBouncerIsThere(): boolean {
  return peerIsThere("PgBouncer", PROGRAM !== undefined, "apt-get install pgbouncer");
}

/** A PgBouncer in front of the server's database `lab`, in a temporary folder, on a free port. */
export class PgBouncer {
  readonly port: number;
  private readonly folder: string;
  private readonly child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.folder = folder;
    this.child = child;
  }

  static async before(server: PostgresServer, mode: "transaction" | "session"): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), "tieline-pgbouncer-"));
    const port = await freePort();
    writeFileSync(join(folder, "users"), '"tieline" ""\n');
    writeFileSync(
      join(folder, "ini"),
      `[databases]
lab = host=127.0.0.1 port=${server.port} dbname=lab
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, "users")}
pool_mode = ${mode}
default_pool_size = 3
`,
    );
    chmodSync(folder, 0o755);
    const isRoot = process.getuid?.() === 0;
    const account = ["--reuid=postgres", "--regid=postgres", "--init-groups"];
    const [command = "", ...args] = [
      ...(isRoot ? ["setpriv", ...account] : []),
      PROGRAM ?? "",
      join(folder, "ini"),
    ];
    const child = spawn(command, args, { stdio: "ignore" });
    await untilListens(port);
    return new PgBouncer(port, folder, child);
  }

  address(options: string): string {
    return `postgres://tieline@127.0.0.1:${this.port}/lab${options}`;
  }

  async stop(): Promise<void> {
    const isEnded = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await isEnded;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function untilListens(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("PgBouncer does not listen");
}
