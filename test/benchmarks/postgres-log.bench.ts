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
/** Everybody writes so many events, then the next one: what the machine does besides hits all of them. */
const TURN = 32;
const TURNS = Number(process.env["TIELINE_TURNS"] ?? 40);

const draft = (n: number): EventDraft => ({
  time_ms: n,
  fact: { type: "timer.fired", timerId: `${PADDING}${n}` },
});

interface Writer {
  readonly name: string;
  readonly waiting: number;
  write(count: number): Promise<unknown>;
  /** Of each turn, ms. */
  readonly turns_ms: number[];
  /** Of each write, ms. */
  readonly writes_ms: number[];
}

function writer(name: string, waiting: number, write: Writer["write"]): Writer {
  return { name, waiting, write, turns_ms: [], writes_ms: [] };
}

async function takeTurn({ waiting, write, turns_ms, writes_ms }: Writer): Promise<void> {
  const began_ms = performance.now();
  for (let n = 0; n < TURN; n += waiting) {
    const begun_ms = performance.now();
    await write(waiting);
    writes_ms.push(performance.now() - begun_ms);
  }
  turns_ms.push(performance.now() - began_ms);
}

/**
 * The log in PostgreSQL beside a plain insert an event and beside the file log, in turns of 32 events, with a synchronous standby. The
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
    for (let turn = 0; turn < TURNS; turn++)
      // Another one begins each time, so that nobody always follows the same one.
      for (let k = 0; k < writers.length; k++)
        await takeTurn(writers[(turn + k) % writers.length] as Writer);
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
  const turns = (name: string): readonly number[] => byName.get(name)?.turns_ms ?? [];
  const p99 = (name: string): number => at(byName.get(name)?.writes_ms ?? [], 0.99);
  /** How many times as fast as another one, by their turns next to each other; the median. */
  const times = (name: string, than: string): string =>
    at(
      turns(name).map((time_ms, turn) => (turns(than)[turn] ?? 0) / time_ms),
      0.5,
    ).toFixed(2);
  const [plain, prepared] = ["plain insert an event", "plain insert, prepared"];
  console.log(`load ${loadavg()[0]?.toFixed(0)}, ${TURNS} turns of ${TURN} events each`);
  for (const { name, turns_ms } of writers)
    console.log(
      `${name.padEnd(28)} ${((1000 * TURN) / at(turns_ms, 0.5)).toFixed(0).padStart(7)} events/s  ${times(name, plain).padStart(6)} x plain  ` +
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
