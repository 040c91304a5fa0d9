import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerIsThere } from "../support/peer.ts";

export const MOSQUITTO = findMosquitto();

export function mosquittoIsThere(): boolean {
  return peerIsThere("Mosquitto", MOSQUITTO !== undefined, "apt-get install mosquitto");
}

/** A Mosquitto of our own: free ports on loopback, MQTT over TCP and WebSocket, and a store that it writes when it ends. */
export class Mosquitto {
  port = 0;
  webSocketPort = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), "tieline-mosquitto-"));
  private process: ChildProcess | undefined;
  private readonly settings: readonly string[];

  /** `settings`: further lines of its configuration, instead of queues without bound. */
  constructor(settings: readonly string[] = ["max_queued_messages 0"]) {
    this.settings = settings;
  }

  async start(): Promise<void> {
    if (MOSQUITTO === undefined)
      throw new Error("mosquitto is not on the PATH; install it (apt-get install mosquitto)");
    if (this.port === 0) [this.port, this.webSocketPort] = await freePorts();
    const config = join(this.folder, "mosquitto.conf");
    const lines = [
      ...(process.getuid?.() === 0 ? ["user root"] : []),
      "allow_anonymous true",
      "persistence true",
      `persistence_location ${this.folder}/`,
      ...this.settings,
      `listener ${this.port} 127.0.0.1`,
      `listener ${this.webSocketPort} 127.0.0.1`,
      "protocol websockets",
    ];
    writeFileSync(config, `${lines.join("\n")}\n`);
    this.process = spawn(MOSQUITTO, ["-c", config], { stdio: "ignore" });
    await untilListening(this.port);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Ends it in good order: its store is written, `start` finds it again. */
  async halt(): Promise<void> {
    await this.end("SIGTERM");
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill(signal);
    await ended;
  }
}

function findMosquitto(): string | undefined {
  for (const path of ["mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"]) {
    // `mosquitto -h` prints its version and exits with 3; a missing program has no status.
    if (spawnSync(path, ["-h"], { stdio: "ignore" }).status !== null) return path;
  }
  return undefined;
}

/** Two ports that nobody uses at this moment. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    ports.push(typeof address === "object" && address !== null ? address.port : 0);
  }
  for (const server of servers) server.close();
  return [ports[0] ?? 0, ports[1] ?? 0];
}

async function untilListening(port: number): Promise<void> {
  const deadline_ms = performance.now() + 10_000;
  while (performance.now() < deadline_ms) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`mosquitto did not open port ${port} within 10 s`);
}
