import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft } from "../../src/events/lab-event.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";

/** A body of about 600 bytes as it is stored. */
const PADDING = "x".repeat(480);
const EVENTS = 400;
const ROUNDS = 3;

const draft = (n: number): EventDraft => ({
  time_ms: n,
  fact: { type: "timer.fired", timerId: `${PADDING}${n}` },
});

/** Events a second and the 99th percentile of one append, ms. */
async function measure(
  append: (from: number, count: number) => Promise<unknown>,
  waiting: number,
): Promise<{ rate: number; p99_ms: number }> {
  const times: number[] = [];
  const started = performance.now();
  for (let n = 1; n <= EVENTS; n += waiting) {
    const begun = performance.now();
    await append(n, waiting);
    times.push(performance.now() - begun);
  }
  const total_s = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return { rate: EVENTS / total_s, p99_ms: times[Math.floor(0.99 * times.length)] ?? 0 };
}

const group = (from: number, count: number): EventDraft[] =>
  Array.from({ length: count }, (_, k) => draft(from + k));
const appending =
  (log: EventLog) =>
  (from: number, count: number): Promise<unknown> =>
    log.append(group(from, count));

/** PostgreSQL log beside a plain insert an event and beside the file log, all in one run, with a synchronous standby. */
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
    await plain.query("create table plain (position bigint primary key, body text not null)");
    let inserted = 0;
    const rows: Record<string, { rate: number; p99_ms: number }[]> = {};
    const note = (name: string, figures: { rate: number; p99_ms: number }): void => {
      rows[name] = [...(rows[name] ?? []), figures];
    };
    for (let round = 0; round < ROUNDS; round++) {
      const insert = async (): Promise<void> => {
        await plain.query("insert into plain values ($1, $2)", [
          ++inserted,
          JSON.stringify(draft(inserted)),
        ]);
      };
      note("plain insert an event", await measure(insert, 1));
      const log = await openEventLog({
        address: primary.address(`?schema=r${round}`),
        logger: silentLogger,
      });
      note("PostgreSQL log, 1 waiting", await measure(appending(log), 1));
      note("PostgreSQL log, 32 waiting", await measure(appending(log), 32));
      await log.close();
      const file = await openEventLog({
        address: join(folder, String(round)),
        logger: silentLogger,
      });
      note("file log, 1 waiting", await measure(appending(file), 1));
      note("file log, 32 waiting", await measure(appending(file), 32));
      await file.close();
    }
    await plain.end();
    const median = (values: readonly number[]): number =>
      [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
    const base = median((rows["plain insert an event"] ?? []).map(({ rate }) => rate));
    for (const [name, figures] of Object.entries(rows)) {
      const rate = median(figures.map((one) => one.rate));
      const p99 = median(figures.map((one) => one.p99_ms));
      console.log(
        `${name.padEnd(28)} ${rate.toFixed(0).padStart(7)} events/s  ${(rate / base).toFixed(2).padStart(6)} x plain  p99 ${p99.toFixed(1)} ms`,
      );
    }
    for (const waiting of ["1 waiting", "32 waiting"]) {
      const p99 = (log: string): number =>
        median((rows[`${log} log, ${waiting}`] ?? []).map(({ p99_ms }) => p99_ms));
      const ratio = p99("PostgreSQL") / p99("file");
      console.log(`p99 of an append, ${waiting}: ${ratio.toFixed(2)} x the file log's`);
    }
    console.log("asked: 1 waiting >= 1.0 x, 32 waiting >= 8 x plain; p99 <= 3 x the file log's");
  } finally {
    standby.remove();
    primary.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
