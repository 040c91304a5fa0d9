import { LabError } from "../../../src/core/errors.ts";
import type { EventLog, LogMark } from "../../../src/events/event-log.ts";
import type { LabEvent } from "../../../src/events/lab-event.ts";
import type { Leadership, LeaseEnd, LogLease, LogNode } from "../../../src/events/log-lease.ts";
import { connectPostgres } from "./postgres-connect.ts";
import {
  openHeldLog,
  type PostgresEventLog,
  type PostgresLogOptions,
} from "./postgres-event-log.ts";
import { makeTables, notReached, takeHold } from "./postgres-hold.ts";
import { BEATS_IN_LEASE, followersOf } from "./postgres-lease.ts";
import { pauseBefore } from "./postgres-pace.ts";
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

interface FollowNeeds extends PostgresLogOptions {
  readonly sql: Statements;
  readonly knownThrough: number;
}

interface LeaderRow {
  readonly holder: string | null;
  readonly page: string | null;
  readonly position: string;
  readonly free: boolean;
  readonly ticket: string | null;
  /** Until it runs out, s. */
  readonly left_s: number;
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
  private beat_ms = Number.NEGATIVE_INFINITY;
  /** When something was followed last. */
  private read_ms = performance.now();

  constructor(needs: FollowNeeds, session: PostgresSession) {
    this.needs = needs;
    this.session = session;
    this.tickets = new Tickets(needs.node);
    this.lease = new FollowersLease(needs);
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
      let row: LeaderRow | undefined;
      try {
        const session = await this.connected();
        if (!isBegun) this.reader = new ChainReader(from, await crcBefore(session, sql, from));
        isBegun = true;
        row = (await session.query<LeaderRow>(sql.leader)).rows[0];
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
      else if (this.led === undefined)
        await delay(pauseBefore(row, performance.now() - this.read_ms));
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

  /** Everything that there is has been read: who leads? Nobody any more: we do. */
  private async lookAround(
    session: PostgresSession,
    row: LeaderRow | undefined,
  ): Promise<PostgresEventLog | undefined> {
    const { logger } = this.needs;
    if (row === undefined || this.isClosed) return undefined;
    // Taken by ourselves, in a try whose answer was lost: nobody renews that lease.
    const isOurs = this.tickets.have(row);
    if (!row.free && !isOurs) {
      await this.beat(session, Number(row.position));
      this.lease.note(row, this.standbys);
      return undefined;
    }
    logger.info({ before: row.holder ?? "nobody", isOurs }, "standby.leaseIsFree");
    const began_ms = performance.now();
    this.session = undefined; // the hold's from now on
    this.silent = session.server; // where this comes to nothing
    const led = await this.lead(session);
    if (led === undefined) return undefined;
    this.lease.lead(led);
    logger.info({ taken_ms: Math.round(performance.now() - began_ms) }, "standby.leads");
    return led;
  }

  private async beat(session: PostgresSession, end: number): Promise<void> {
    const { sql, place, node, page } = this.needs;
    if (performance.now() - this.beat_ms < place.lease_ms / BEATS_IN_LEASE) return;
    // Each start is a node of its own: one that starts over and over would fill the table.
    if (this.beat_ms === Number.NEGATIVE_INFINITY) await session.query(sql.forget, [node]);
    if (this.isClosed) return;
    await session.query(sql.beat, [node, page() ?? null, this.reader.next - 1]);
    this.beat_ms = performance.now();
    this.standbys = await followersOf(session, sql, place, end);
  }

  /** Takes the lease and sees that the log which it is for is the one that was followed. */
  private async lead(session: PostgresSession): Promise<PostgresEventLog | undefined> {
    const { place, sql, node, page, logger } = this.needs;
    const { tickets } = this;
    const hold = await takeHold({ place, sql, node, page, logger, session, tickets }).catch(
      noneFor("TL-4005"),
    );
    if (hold === undefined) return undefined;
    // What a cache vouches for was looked up when it was followed from there.
    const led = await openHeldLog(hold, { ...this.needs, known: undefined });
    const there = await this.digestIn(led, session).catch(async (error: unknown) => {
      // No answer is no other log: it is looked again.
      await led.close();
      throw error;
    });
    session.query(sql.forget, [node]).catch(() => {});
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

/** The lease of a daemon that may not have it yet. */
class FollowersLease implements LogLease {
  private readonly node: string;
  private led: LogLease | undefined;
  private leader: LogNode | undefined;
  private standbys: Leadership["standbys"] = [];
  private readonly enders: ((end: LeaseEnd) => void)[] = [];
  private readonly onlookers: (() => void)[] = [];

  constructor({ node }: FollowNeeds) {
    this.node = node;
  }

  holds(): boolean {
    return this.led?.holds() ?? false;
  }

  async confirm(): Promise<void> {
    if (this.led === undefined) throw new LabError("TL-4003", "This daemon stands by");
    await this.led.confirm();
  }

  onEnd(listener: (end: LeaseEnd) => void): void {
    this.enders.push(listener);
  }

  onChange(listener: () => void): void {
    this.onlookers.push(listener);
  }

  leadership(): Leadership {
    if (this.led !== undefined) return this.led.leadership();
    return { role: "follows", node: this.node, leader: this.leader, standbys: this.standbys };
  }

  note({ holder, page, free }: LeaderRow, standbys: Leadership["standbys"]): void {
    const before = JSON.stringify(this.leadership());
    const leader = { node: holder ?? "", ...(page === null ? {} : { page }) };
    this.leader = free || holder === null ? undefined : leader;
    this.standbys = standbys;
    if (JSON.stringify(this.leadership()) !== before) this.tell();
  }

  lead({ lease }: PostgresEventLog): void {
    this.led = lease;
    lease?.onEnd((end) => {
      for (const tell of this.enders) tell(end);
    });
    lease?.onChange(() => this.tell());
    this.tell();
  }

  tell(): void {
    for (const tell of this.onlookers) tell();
  }
}
