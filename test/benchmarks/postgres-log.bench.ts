import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { writeLine } from "../../adapters/storage/event-line.ts";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createPrng, type Prng, shuffled } from "../../src/core/prng.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft } from "../../src/events/lab-event.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";

/** A body of about 600 bytes as it is stored. */
const PADDING = "x".repeat(480);
/** So often everybody writes once: what the machine does besides hits all of them. Those who write 32 at once do it every fifth time. */
const TURNS = Number(process.env["TIELINE_TURNS"] ?? 1000);
const EVERY = 5;
/** Sets of turns for the interval of a median. */
const DRAWS = 1000;

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
  /** The server's process that works for it; absent: there is none. */
  readonly process: number | undefined;
  /** What that process has computed in each write, µs: says what the statement costs, whatever the disk and the machine do. */
  readonly computed_us: number[];
}

function writer(
  name: string,
  waiting: number,
  write: Writer["write"],
  process: number | undefined,
): Writer {
  return { name, waiting, write, process, writes_ms: [], computed_us: [] };
}

/** Time on a processor since its start, µs. */
function computed_us(process: number | undefined): number {
  if (process === undefined) return 0;
  return Number(readFileSync(`/proc/${process}/schedstat`, "utf8").split(" ")[0]) / 1000;
}

/** One write of each of them, in an order drawn anew each time: what one leaves to be done (at the standby, on the disk) slows the next. */
async function writeInTurns(writers: readonly Writer[], prng: Prng): Promise<void> {
  for (const one of shuffled(writers, prng)) {
    const before_us = computed_us(one.process);
    const began_ms = performance.now();
    await one.write(one.waiting);
    one.writes_ms.push(performance.now() - began_ms);
    one.computed_us.push(computed_us(one.process) - before_us);
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
    const clients = [new pg.Client(primary.address()), new pg.Client(primary.address())] as const;
    for (const [k, client] of clients.entries()) {
      await client.connect();
      await client.query(
        `create table plain${k} (position bigint primary key, epoch bigint not null, body text not null)`,
      );
    }
    const address = primary.address("?schema=bench");
    const logs = await Promise.all(
      [address, folder].map((one) => openEventLog({ address: one, logger: silentLogger })),
    );
    const [plain, prepared, log] = await processesOf(clients);
    const writers = [
      writer("plain insert an event", 1, insertInto(clients[0], 0), plain),
      writer("plain insert, prepared", 1, insertInto(clients[1], 1, "prepared"), prepared),
      ...appendsTo(logs, log),
    ];
    const singles = writers.filter(({ waiting }) => waiting === 1);
    const groups = writers.filter(({ waiting }) => waiting > 1);
    const prng = createPrng("postgres-log");
    for (let turn = 0; turn < TURNS; turn++) {
      await writeInTurns(singles, prng);
      if (turn % EVERY === 0) await writeInTurns(groups, prng);
    }
    for (const log of logs) await log.close();
    for (const client of clients) await client.end();
    report(writers);
  } finally {
    standby.remove();
    primary.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The server's processes for these connections, and for the log's. */
async function processesOf(clients: readonly pg.Client[]): Promise<number[]> {
  const processes: number[] = [];
  for (const client of clients) {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    processes.push(rows[0]?.pid ?? 0);
  }
  const { rows } = await (clients[0] as pg.Client).query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'tieline'",
  );
  return [...processes, rows[0]?.pid ?? 0];
}

/** Each has a connection and a table of its own, as the log has: what is used twice as often is twice as warm. */
function insertInto(client: pg.Client, table: number, name?: string): Writer["write"] {
  let [position, before] = [0, "00000000"];
  const text = `insert into plain${table} values ($1, $2, $3)`;
  return async () => {
    position += 1;
    const line = writeLine(draft(position), { position, group: position, before });
    before = line.crc;
    await client.query({ ...(name && { name }), text, values: [position, 1, line.text] });
  };
}

function appendsTo(logs: readonly EventLog[], process: number | undefined): Writer[] {
  return logs.flatMap((log, k) =>
    [1, 32].map((waiting) =>
      writer(
        `${k === 0 ? "PostgreSQL" : "file"} log, ${waiting} waiting`,
        waiting,
        (count) =>
          log.append(Array.from({ length: count }, (_, n) => draft(log.lastPosition + 1 + n))),
        k === 0 ? process : undefined,
      ),
    ),
  );
}

function report(writers: readonly Writer[]): void {
  const [plain, prepared] = ["plain insert an event", "plain insert, prepared"] as const;
  const byName = new Map(writers.map((one) => [one.name, one]));
  const p99 = (name: string): number => at(byName.get(name)?.writes_ms ?? [], 0.99);
  /** Of the median write; the mean says more of the machine's pauses than of the log. */
  const rate = (name: string): number => {
    const { waiting, writes_ms } = byName.get(name) as Writer;
    return (1000 * waiting) / at(writes_ms, 0.5);
  };
  const times = (name: string, than: string): string => (rate(name) / rate(than)).toFixed(2);
  /** Where the machine has other work, the median is that of its queues: the fastest tenth met none. */
  const atBest = (name: string): string => {
    const best_ms = (of: string): number => at(byName.get(of)?.writes_ms ?? [], 0.1);
    return (best_ms(plain) / best_ms(name)).toFixed(2);
  };
  console.log(`load ${loadavg()[0]?.toFixed(0)}, ${TURNS} turns; events/s by the median write`);
  for (const { name, waiting, process, computed_us } of writers) {
    const own_us = at(computed_us, 0.5) / waiting;
    console.log(
      `${name.padEnd(28)} ${rate(name).toFixed(0).padStart(7)} events/s  ${times(name, plain).padStart(6)} x plain  ` +
        `${times(name, prepared).padStart(6)} x prepared  p99 ${p99(name).toFixed(1)} ms` +
        (process === undefined ? "" : `  server's CPU ${own_us.toFixed(0)} us an event`),
    );
  }
  const paired = (name: string, than: string): string =>
    tellPaired(byName.get(than)?.writes_ms ?? [], byName.get(name)?.writes_ms ?? []);
  for (const than of [plain, prepared])
    console.log(
      `PostgreSQL log, 1 waiting, turn by turn: ${paired("PostgreSQL log, 1 waiting", than)} x ${than}`,
    );
  console.log(`${prepared}, turn by turn: ${paired(prepared, plain)} x ${plain}`);
  for (const waiting of ["1 waiting", "32 waiting"]) {
    const ratio = p99(`PostgreSQL log, ${waiting}`) / p99(`file log, ${waiting}`);
    console.log(`p99 of an append, ${waiting}: ${ratio.toFixed(2)} x the file log's`);
  }
  for (const name of [prepared, "PostgreSQL log, 1 waiting"])
    console.log(`${name}, the fastest tenth of each: ${atBest(name)} x plain`);
  console.log("asked: 1 waiting >= 1.0 x, 32 waiting >= 8 x plain; p99 <= 3 x the file log's");
}

/** How many times as fast as its peer in the same turn: the median, and where 95 of 100 medians of turns drawn anew (bootstrap) lie. */
function tellPaired(peer_ms: readonly number[], own_ms: readonly number[]): string {
  const ratios = own_ms.map((ms, turn) => (peer_ms[turn] ?? 0) / ms);
  const prng = createPrng("bootstrap");
  const medians = Array.from({ length: DRAWS }, () =>
    at(
      ratios.map(() => ratios[Math.floor(prng.next() * ratios.length)] ?? 0),
      0.5,
    ),
  );
  const [low, high] = [at(medians, 0.025), at(medians, 0.975)];
  return `${at(ratios, 0.5).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
