import { LabError } from "../../../src/core/errors.ts";
import type { Handover } from "../event-log-backend.ts";
import { connectPostgres } from "./postgres-connect.ts";
import { notReached } from "./postgres-hold.ts";
import { followersOf } from "./postgres-lease.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { delay, type PostgresSession } from "./postgres-session.ts";
import { type Statements, statementsOf } from "./postgres-statements.ts";

/** Beyond its lease, a leader has so long to end in good order. */
const PATIENCE_ms = 30_000;
const POLL_ms = 100;

interface LeaderRow {
  readonly holder: string | null;
  readonly position: string;
  readonly free: boolean;
  readonly epoch: string;
}

/**
 * Asks the daemon that leads to end in good order and to let a standby lead; resolves when another one does. TL-4010 where
 * nobody leads, nobody stands by, or nothing came of it; the request is taken back then.
 */
export async function handOver(place: PostgresPlace, by: string): Promise<Handover> {
  const sql = statementsOf(place.schema);
  const session = await connectPostgres(place, true).catch((error: unknown) => {
    throw notReached(error);
  });
  try {
    const before = await leaderOf(session, sql);
    if (before === undefined || before.free) throw notMade("nobody leads at this moment");
    const standbys = await followersOf(session, sql, place, Number(before.position));
    if (standbys.length === 0) throw notMade("no daemon stands by");
    const asked_ms = performance.now();
    await session.query(sql.askHandover, [by]);
    while (performance.now() - asked_ms < place.lease_ms + PATIENCE_ms) {
      await delay(POLL_ms);
      const now = await leaderOf(session, sql);
      if (now === undefined || now.free || now.epoch === before.epoch) continue;
      const took_ms = Math.round(performance.now() - asked_ms);
      return { from: before.holder ?? "", to: now.holder ?? "", took_ms };
    }
    await session.query(sql.takeBackHandover, [before.epoch]);
    throw notMade(`${before.holder} still leads`);
  } finally {
    await session.end();
  }
}

async function leaderOf(session: PostgresSession, sql: Statements): Promise<LeaderRow | undefined> {
  const { rows } = await session.query<{ there: boolean }>(sql.exists);
  if (rows[0]?.there !== true) return undefined;
  return (await session.query<LeaderRow>(sql.leader)).rows[0];
}

function notMade(why: string): LabError {
  return new LabError("TL-4010", `Nothing was handed over: ${why}`);
}
