import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { copyLog } from "../../src/replay/copy-log.ts";
import { builtMain } from "../support/built-program.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { median } from "../support/statistics.ts";
import { makeLargeLog } from "./make-large-log.ts";

const EVENTS = Number(process.env["TIELINE_EVENTS"] ?? 100_000);
/** `no`: only the reading, which is the log's own share of a start; the rest is the fold, the same for both. `first`: the first start, too. */
const STARTS = (["first start", "with a snapshot"] as const).slice(
  0,
  { no: 0, first: 1 }[process.env["TIELINE_STARTS"] ?? ""] ?? 2,
);
const ROUNDS = Number(process.env["TIELINE_ROUNDS"] ?? 3);

interface Opening {
  /** CPU of the daemon until its page is served, s; the database's own is not in it. */
  readonly cpu_s: number;
  readonly wall_s: number;
}

/**
 * The same log of `TIELINE_EVENTS` (100 000) events in a folder and in PostgreSQL, in turns: reading all of it, and a daemon's start until its page
 * is served, first without a snapshot and then with one (`TIELINE_STARTS=no` leaves the starts out, `first` the second one).
 */
export async function run(): Promise<void> {
  if (!postgresIsThere()) return;
  const home = mkdtempSync(join(tmpdir(), "tieline-opening-"));
  const server = await PostgresServer.create();
  try {
    const folder = join(home, "log");
    await makeLargeLog(folder, EVENTS);
    const address = server.address();
    await copyLog({ from: folder, to: address, logger: silentLogger });
    const main = await builtMain();
    const rows: Record<string, Opening[]> = {};
    const note = (name: string, row: Opening): void => {
      rows[name] = [...(rows[name] ?? []), row];
    };
    for (let round = 0; round < ROUNDS; round++) {
      // The snapshot of a file log lies beside it, so that each round begins with a folder without one.
      const own = join(home, `file${round}`);
      cpSync(folder, own, { recursive: true });
      for (const [name, log] of Object.entries({ file: own, database: address })) {
        note(`read, ${name}`, await readAll(log));
        const data = join(home, `data-${name}${round}`);
        mkdirSync(data);
        for (const start of STARTS) note(`${start}, ${name}`, await open(main, data, log));
      }
    }
    console.log(`${EVENTS} events, median of ${ROUNDS} rounds`);
    for (const what of ["read", ...STARTS]) {
      const [file, database] = ["file", "database"].map((log) => rows[`${what}, ${log}`] ?? []);
      const figures = (["cpu_s", "wall_s"] as const).map((unit) => {
        const medianOf = (rows: readonly Opening[] = []) => median(rows.map((row) => row[unit]));
        const [a, b] = [medianOf(file), medianOf(database)];
        return `${unit} ${a.toFixed(2)} and ${b.toFixed(2)} (${(b / a).toFixed(2)} times)`;
      });
      console.log(`${what}, file and database: ${figures.join("; ")}`);
    }
  } finally {
    server.remove();
    rmSync(home, { recursive: true, force: true });
  }
}

async function readAll(address: string): Promise<Opening> {
  const [cpu, wall_ms] = [process.cpuUsage(), performance.now()];
  const log = await openEventLog({ address, logger: silentLogger, readOnly: true });
  let events = 0;
  for await (const _ of log.read()) events += 1;
  await log.close();
  // Starts of daemons before this have added some.
  if (events < EVENTS) throw new Error(`${address} has ${events} events`);
  const { user, system } = process.cpuUsage(cpu);
  return { cpu_s: (user + system) / 1e6, wall_s: (performance.now() - wall_ms) / 1000 };
}

async function open(main: string, data: string, log: string): Promise<Opening> {
  const config = join(data, "lab.yaml");
  writeFileSync(
    config,
    "version: 1\nsite: default\nbroker: { host: 127.0.0.1, port: 0 }\npage: { host: 127.0.0.1, port: 0 }\ncampaigns: []\n",
  );
  const began_ms = performance.now();
  const args = [main, "start", "--config", config, "--data", data, "--log", log];
  const daemon = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TIELINE_LOG_LEVEL: "error" },
  });
  await pageOf(daemon);
  const wall_s = (performance.now() - began_ms) / 1000;
  const stat = readFileSync(`/proc/${daemon.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  daemon.kill("SIGTERM");
  await once(daemon, "exit");
  return { cpu_s: (Number(fields[11]) + Number(fields[12])) / 100, wall_s };
}

function pageOf(daemon: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    daemon.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/Page http\S+/.test(said)) resolve();
    });
    daemon.once("exit", () => reject(new Error(`the daemon ended: ${said}`)));
  });
}
