import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { writeLine } from "../../adapters/storage/event-line.ts";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft } from "../../src/events/lab-event.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";

/** A body of about 600 bytes as it is stored. */
const PADDING = "x".repeat(480);
/** So often everybody writes once: what the machine does besides hits all of them. Those who write 32 at once do it every fifth time. */
const TURNS = Number(process.env["TIELINE_TURNS"] ?? 500);
const EVERY = 5;

const draft = (n: number): EventDraft => ({
  time_ms: n,
  fact: { type: "timer.fired", timerId: `${PADDING}${n}` },
});

interface Writer {
  readonly name: string;
  readonly waiting: number;
  write(count: number): Promise<unknown>;
  /** Of each write, ms. */
  readonly writes_ms: number[];
}

function writer(name: string, waiting: number, write: Writer["write"]): Writer {
  return { name, waiting, write, writes_ms: [] };
}

/** One write of each of them; another one begins each time, so that nobody always follows the same one. */
async function writeInTurns(writers: readonly Writer[], from: number): Promise<void> {
  for (let k = 0; k < writers.length; k++) {
    const { waiting, write, writes_ms } = writers[(from + k) % writers.length] as Writer;
    const began_ms = performance.now();
    await write(waiting);
    writes_ms.push(performance.now() - began_ms);
  }
}

/**
 * The log in PostgreSQL beside a plain insert an event and beside the file log, write by write in turns, with a synchronous standby. The
 * plain insert stores the same row (position, epoch, line) with the same durability, on the same server; once as pg sends it
 * by itself, and once as a prepared statement.
 */
export async function run(): Promise<void> {
  if (!postgresIsThere())
    return console.log("PostgreSQL is not installed: apt-get install postgresql");
  const primary = await PostgresServer.create();
  const standby = await PostgresServer.follow(primary, "second");
  const folder = mkdtempSync(join(tmpdir(), "tieline-bench-log-"));
  try {
    primary.configure(["synchronous_standby_names = 'second'"]);
    primary.reload();
    const plain = new pg.Client(primary.address());
    await plain.connect();
    await plain.query(
      "create table plain (position bigint primary key, epoch bigint not null, body text not null)",
    );
    const address = primary.address("?schema=bench");
    const logs = await Promise.all(
      [address, folder].map((one) => openEventLog({ address: one, logger: silentLogger })),
    );
    const writers = [...insertsInto(plain), ...appendsTo(logs)];
    const singles = writers.filter(({ waiting }) => waiting === 1);
    const groups = writers.filter(({ waiting }) => waiting > 1);
    for (let turn = 0; turn < TURNS; turn++) {
      await writeInTurns(singles, turn);
      if (turn % EVERY === 0) await writeInTurns(groups, turn / EVERY);
    }
    for (const log of logs) await log.close();
    await plain.end();
    report(writers);
  } finally {
    standby.remove();
    primary.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function insertsInto(client: pg.Client): Writer[] {
  let [position, before] = [0, "00000000"];
  const text = "insert into plain values ($1, $2, $3)";
  const insert = (name?: string) => async (): Promise<void> => {
    position += 1;
    const line = writeLine(draft(position), { position, group: position, before });
    before = line.crc;
    await client.query({ ...(name && { name }), text, values: [position, 1, line.text] });
  };
  return [
    writer("plain insert an event", 1, insert()),
    writer("plain insert, prepared", 1, insert("plain")),
  ];
}

function appendsTo(logs: readonly EventLog[]): Writer[] {
  return logs.flatMap((log, k) =>
    [1, 32].map((waiting) =>
      writer(`${k === 0 ? "PostgreSQL" : "file"} log, ${waiting} waiting`, waiting, (count) =>
        log.append(Array.from({ length: count }, (_, n) => draft(log.lastPosition + 1 + n))),
      ),
    ),
  );
}

function report(writers: readonly Writer[]): void {
  const byName = new Map(writers.map((one) => [one.name, one]));
  const p99 = (name: string): number => at(byName.get(name)?.writes_ms ?? [], 0.99);
  /** Of the median write; the mean says more of the machine's pauses than of the log. */
  const rate = (name: string): number => {
    const { waiting, writes_ms } = byName.get(name) as Writer;
    return (1000 * waiting) / at(writes_ms, 0.5);
  };
  const times = (name: string, than: string): string => (rate(name) / rate(than)).toFixed(2);
  const [plain, prepared] = ["plain insert an event", "plain insert, prepared"];
  console.log(`load ${loadavg()[0]?.toFixed(0)}, ${TURNS} turns; events/s by the median write`);
  for (const { name } of writers)
    console.log(
      `${name.padEnd(28)} ${rate(name).toFixed(0).padStart(7)} events/s  ${times(name, plain).padStart(6)} x plain  ` +
        `${times(name, prepared).padStart(6)} x prepared  p99 ${p99(name).toFixed(1)} ms`,
    );
  for (const waiting of ["1 waiting", "32 waiting"]) {
    const ratio = p99(`PostgreSQL log, ${waiting}`) / p99(`file log, ${waiting}`);
    console.log(`p99 of an append, ${waiting}: ${ratio.toFixed(2)} x the file log's`);
  }
  console.log("asked: 1 waiting >= 1.0 x, 32 waiting >= 8 x plain; p99 <= 3 x the file log's");
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
