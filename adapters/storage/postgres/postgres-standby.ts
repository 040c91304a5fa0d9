import { LabError } from "../../../src/core/errors.ts";
import type { EventLog, LogMark } from "../../../src/events/event-log.ts";
import type { LabEvent } from "../../../src/events/lab-event.ts";
import type { Leadership } from "../../../src/events/log-lease.ts";
import { connectPostgres } from "./postgres-connect.ts";
import {
  openHeldLog,
  type PostgresEventLog,
  type PostgresLogOptions,
} from "./postgres-event-log.ts";
import { FollowersLease, type LeaderRow } from "./postgres-followers-lease.ts";
import { makeTables, notReached, takeHold } from "./postgres-hold.ts";
import { type FollowerRow, standbysFrom } from "./postgres-lease.ts";
import { type Judged, LeaseWatch } from "./postgres-lease-watch.ts";
import { isBeatDue, pauseBefore } from "./postgres-pace.ts";
import { type PostgresPlace, withAnswersWithin } from "./postgres-place.ts";
import { ChainReader, crcBefore, READ_MAX, readEvents } from "./postgres-reader.ts";
import { delay, type PostgresSession } from "./postgres-session.ts";
import { type Statements, statementsOf } from "./postgres-statements.ts";
import { trustedThrough } from "./postgres-tail.ts";
import { Tickets } from "./postgres-tickets.ts";

/** Who waits longer for an answer leads later by as much. */
const ANSWER_ms_max = 4000;

/**
 * The log of another daemon, followed until its lease has run out by the database's clock; then it is ours. Nothing but a beat
 * is written before. Errors as those of {@link openHeldLog}.
 */
export async function standByPostgresLog(options: PostgresLogOptions): Promise<EventLog> {
  const { place, known } = options;
  const sql = statementsOf(place.schema);
  const session = await connectToFollow(place).catch((error: unknown) => {
    throw notReached(error);
  });
  try {
    await makeTables(session, sql);
    if (hearsCalls(session)) await session.query(sql.listen);
    const knownThrough = await trustedThrough(session, sql, known);
    return new FollowedLog({ ...options, sql, knownThrough }, session);
  } catch (error) {
    await session.end();
    throw error instanceof LabError ? error : notReached(error);
  }
}

/** A standby that waits for an answer leads later by as much: it asks anew, and another server first, before half a lease. */
function connectToFollow(place: PostgresPlace, silent?: string): Promise<PostgresSession> {
  const wait_ms = Math.min(ANSWER_ms_max, 0.4 * place.lease_ms);
  return connectPostgres(withAnswersWithin(place, wait_ms), true, silent);
}

/** Behind a pooler it would be a connection of the pool's that listens. */
function hearsCalls({ there }: PostgresSession): boolean {
  return !there.isPooled;
}

interface FollowNeeds extends PostgresLogOptions {
  readonly sql: Statements;
  readonly knownThrough: number;
}

/** What a sign of life brings home. */
interface Look extends LeaderRow {
  readonly others: readonly FollowerRow[];
}

class FollowedLog implements EventLog {
  readonly lease: FollowersLease;
  private readonly needs: FollowNeeds;
  private session: PostgresSession | undefined;
  /** The server that left the last question without an answer. */
  private silent: string | undefined;
  private reader = new ChainReader(1, "");
  private led: PostgresEventLog | undefined;
  private isClosed = false;
  private isAway = false;
  private standbys: Leadership["standbys"] = [];
  private readonly tickets: Tickets;
  private readonly watch = new LeaseWatch();
  private beat_ms = Number.NEGATIVE_INFINITY;
  /** The lease that was seen last is over then, by our clock. */
  private leaseOver_ms = 0;
  /** When something was followed last. */
  private read_ms = performance.now();

  constructor(needs: FollowNeeds, session: PostgresSession) {
    this.needs = needs;
    this.session = session;
    this.tickets = new Tickets(needs.node);
    this.lease = new FollowersLease(needs.node);
  }

  get lastPosition(): number {
    return this.led?.lastPosition ?? this.reader.next - 1;
  }

  get knownThrough(): number {
    return this.needs.knownThrough;
  }

  get loss() {
    return this.led?.loss;
  }

  async mark(): Promise<LogMark> {
    return this.led?.mark() ?? { position: this.reader.next - 1, digest: this.reader.crc };
  }

  async append(...args: Parameters<EventLog["append"]>): Promise<LabEvent[]> {
    if (this.led !== undefined) return await this.led.append(...args);
    throw new LabError("TL-4003", "This daemon stands by: another one writes the event log");
  }

  read(from = 1, through = this.lastPosition): AsyncIterable<LabEvent> {
    return this.led?.read(from, through) ?? this.readFollowed(from, through);
  }

  private readFollowed(from: number, through: number): AsyncIterable<LabEvent> {
    const server = (): string | undefined => this.session?.server;
    return readEvents({ ...this.needs, server, ofWriter: true }, from, through);
  }

  async *follow(from: number): AsyncIterable<LabEvent> {
    const { logger, sql } = this.needs;
    let isBegun = false;
    while (!this.isClosed && this.led === undefined) {
      let events: LabEvent[] = [];
      let row: Judged | undefined;
      try {
        const session = await this.connected();
        if (!isBegun) this.reader = new ChainReader(from, await crcBefore(session, sql, from));
        isBegun = true;
        row = await this.look(session);
        if (Number(row?.position) >= this.reader.next)
          events = await this.reader.read(session, sql, Number.MAX_SAFE_INTEGER);
        if (events.length === 0) this.led = await this.lookAround(session, row);
        this.isAway = false;
      } catch (error) {
        if (error instanceof LabError && error.code !== "TL-4001") throw error;
        if (!this.isAway && !this.isClosed)
          logger.warn({ why: String(error) }, "standby.serverAway: trying again");
        this.isAway = true;
        await this.dropSession();
      }
      yield* events;
      if (events.length > 0 && events.length < READ_MAX) this.lease.tell();
      if (events.length > 0) this.read_ms = performance.now();
      else if (this.led === undefined) await this.rest(row);
    }
    // What was written between our last look and the lease.
    if (this.led !== undefined) yield* this.led.read(this.reader.next);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.session?.isOpen === true)
      await this.session.query(this.needs.sql.forget, [this.needs.node]).catch(() => {});
    await this.dropSession();
    await this.led?.close();
  }

  /** Until something may have happened. */
  private async rest(row: LeaderRow | undefined): Promise<void> {
    const { session } = this;
    const isCalled = session !== undefined && hearsCalls(session);
    const quiet_ms = performance.now() - this.read_ms;
    const { lease_ms } = this.needs.place;
    const pause_ms = pauseBefore(row, { quiet_ms, lease_ms, isCalled });
    await (session?.isOpen === true ? session.heard(pause_ms) : delay(pause_ms));
  }

  /**
   * Who leads. Where a sign of life is due, it is the look as well; not where the lease is near its end, since the sign is a commit, which may have to
   * wait, nor at first: who has not read everything stands by for nobody.
   */
  private async look(session: PostgresSession): Promise<Judged | undefined> {
    const { sql, place } = this.needs;
    const left_ms = this.leaseOver_ms - performance.now();
    const isFirst = this.beat_ms === Number.NEGATIVE_INFINITY;
    const mayBeat = !isFirst && left_ms > place.lease_ms / 4 && this.isBeatDue();
    const row = mayBeat
      ? await this.beat(session)
      : (await session.query<LeaderRow>(sql.leader)).rows[0];
    const now_ms = performance.now();
    const judged = row && this.watch.judge(row, now_ms);
    this.leaseOver_ms = now_ms + 1000 * (judged?.left_s ?? 0);
    return judged;
  }

  private isBeatDue(): boolean {
    return isBeatDue(performance.now() - this.beat_ms, this.needs.place.lease_ms);
  }

  /** Everything that there is has been read: who leads? Nobody any more: we do. */
  private async lookAround(
    session: PostgresSession,
    row: Judged | undefined,
  ): Promise<PostgresEventLog | undefined> {
    const { logger } = this.needs;
    if (row === undefined || this.isClosed) return undefined;
    // Taken by ourselves, in a try whose answer was lost: nobody renews that lease.
    const isOurs = this.tickets.have(row);
    if (!row.free && !isOurs) {
      if (this.isBeatDue()) await this.beat(session);
      this.lease.note(row, this.standbys);
      return undefined;
    }
    const isOverdue = row.overdue !== undefined;
    logger.info({ before: row.holder ?? "nobody", isOurs, isOverdue }, "standby.leaseIsFree");
    const began_ms = performance.now();
    this.session = undefined; // the hold's from now on
    this.silent = session.server; // where this comes to nothing
    const led = await this.lead(session, row.overdue);
    if (led === undefined) return undefined;
    this.lease.lead(led);
    logger.info({ taken_ms: Math.round(performance.now() - began_ms) }, "standby.leads");
    return led;
  }

  private async beat(session: PostgresSession): Promise<LeaderRow | undefined> {
    const { sql, place, node, page } = this.needs;
    // Each start is a node of its own: one that starts over and over would fill the table.
    if (this.beat_ms === Number.NEGATIVE_INFINITY) await session.query(sql.forget, [node]);
    if (this.isClosed) return undefined;
    const ours = { node, page: page() ?? null, position: `${this.reader.next - 1}` };
    const { rows } = await session.query<Look>(sql.beat, [...Object.values(ours), place.lease_ms]);
    this.beat_ms = performance.now();
    const [look] = rows;
    if (look !== undefined)
      this.standbys = standbysFrom([...look.others, ours], Number(look.position));
    return look;
  }

  /** Takes the lease and sees that the log which it is for is the one that was followed. */
  private async lead(
    session: PostgresSession,
    overdue: string | undefined,
  ): Promise<PostgresEventLog | undefined> {
    const { place, sql, node, page, logger } = this.needs;
    const { tickets } = this;
    const hold = await takeHold({
      ...{ place, sql, node, page, logger, session, tickets, overdue },
    }).catch(noneFor("TL-4005"));
    if (hold === undefined) return undefined;
    // What a cache vouches for was looked up when it was followed from there.
    const led = await openHeldLog(hold, { ...this.needs, known: undefined });
    const there = await this.digestIn(led, session).catch(async (error: unknown) => {
      // No answer is no other log: it is looked again.
      await led.close();
      throw error;
    });
    for (const [text, values] of [[sql.forget, [node]] as const, [sql.unlisten] as const])
      session.query(text, values).catch(() => {});
    const { next, crc } = this.reader;
    if (there === crc) return led;
    await led.close();
    throw new LabError("TL-4011", `The event log is no longer the one that was followed`, {
      context: { position: next - 1 },
    });
  }

  /** The checksum in the log that was taken where the following ended; asked for only where that was not its end. */
  private async digestIn(
    led: PostgresEventLog,
    session: PostgresSession,
  ): Promise<string | undefined> {
    const { next } = this.reader;
    const { position, digest } = await led.mark();
    if (position === next - 1) return digest;
    return await crcBefore(session, this.needs.sql, next).catch(noneFor("TL-4004"));
  }

  private async connected(): Promise<PostgresSession> {
    if (this.session?.isOpen === true) return this.session;
    await this.dropSession();
    this.session = await connectToFollow(this.needs.place, this.silent);
    if (hearsCalls(this.session)) await this.session.query(this.needs.sql.listen);
    return this.session;
  }

  private async dropSession(): Promise<void> {
    const given = this.session;
    this.session = undefined;
    this.silent = given?.server ?? this.silent;
    await given?.end();
  }
}

/** For `catch`: `undefined` for an error of this code. */
function noneFor(code: LabError["code"]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof LabError && error.code === code) return undefined;
    throw error;
  };
}
