import { LabError } from "../../../src/core/errors.ts";
import type { Logger } from "../../../src/core/logger.ts";
import { connectPostgres } from "./postgres-connect.ts";
import { momentNow, PostgresLease } from "./postgres-lease.ts";
import { type PostgresPlace, withAnswersWithin } from "./postgres-place.ts";
import { hintOf, NoServer } from "./postgres-refusals.ts";
import { delay, type PostgresSession } from "./postgres-session.ts";
import type { Statements } from "./postgres-statements.ts";
import { Tickets } from "./postgres-tickets.ts";

const PAUSE_ms = 200;

/** The right to write: an epoch that no later holder shares, and a connection that is made anew where it breaks. */
export interface PostgresHold {
  readonly epoch: string;
  readonly lease: PostgresLease;
  /** Whether the database keeps every letter. */
  readonly isUnicode: boolean;
  /** The connection that is there: an append is not to wait for anything else. */
  ready(): PostgresSession | undefined;
  /** A connection to the server that takes writes; waits for one until `deadline_ms`. Rejects with {@link NoServer}. */
  session(deadline_ms: number): Promise<PostgresSession>;
  /** The one that this log is written on. */
  server(): string;
  /** Gives the connection up: what it was asked last may or may not have been done. */
  drop(): Promise<void>;
  release(): Promise<void>;
}

export interface HoldRequest {
  readonly place: PostgresPlace;
  readonly sql: Statements;
  /** The name of this daemon. */
  readonly node: string;
  readonly page: () => string | undefined;
  readonly logger: Logger;
  /**
   * Of a standby: its connection to the server that takes writes, where everything is made already. It waits for the lease; who
   * comes without one follows a holder at once whose connection is gone.
   */
  readonly session?: PostgresSession | undefined;
  /** Tickets of tries whose answers were lost: what they have taken is this daemon's. */
  readonly tickets?: Tickets | undefined;
  /** The end of a lease that is over, though not by the database's clock. */
  readonly overdue?: string | undefined;
}

/**
 * Takes the lease, above every holder before. TL-4005 while another one's has not run out; TL-4001 where no server takes writes.
 * A session that was given is the hold's from then on, or ended.
 */
export async function takeHold(wish: HoldRequest): Promise<PostgresHold> {
  // A lease that is not renewed in its own length is over: the connection is given up by then, and another server is asked.
  const request = { ...wish, place: withAnswersWithin(wish.place, wish.place.lease_ms) };
  const { place, sql } = request;
  const asked = momentNow();
  const session =
    request.session ??
    (await connectPostgres(place, true).catch((error: unknown) => {
      throw notReached(error);
    }));
  const epoch = await raiseEpoch(session, request);
  const connection = new HeldConnection(request, session);
  const lease = new PostgresLease({
    ...{ place, sql, epoch, asked, node: request.node, page: request.page },
    session: () => connection.onceWithLock(),
  });
  return {
    epoch,
    lease,
    isUnicode: session.there.isUnicode,
    ready: () => connection.ready(),
    session: (deadline_ms) => connection.wait(deadline_ms),
    server: () => connection.server,
    drop: () => connection.drop(),
    release: async () => {
      lease.stop();
      await connection.end(async (last) => {
        await last.query(sql.release, [epoch]);
        await last.query(sql.call);
      });
    },
  };
}

/** One connection at a time, however many ask for it. */
class HeldConnection {
  private readonly request: HoldRequest;
  /** Of the newest connection. */
  server: string;
  private session: PostgresSession | undefined;
  private connecting: Promise<PostgresSession> | undefined;
  /** Says to others that a living process holds the lease. */
  private hasLock = false;
  private isOver = false;
  /** The server that left the last question without an answer. */
  private silent: string | undefined;

  constructor(request: HoldRequest, session: PostgresSession) {
    this.request = request;
    this.session = session;
    this.server = session.server;
  }

  ready(): PostgresSession | undefined {
    return this.session?.isOpen === true ? this.session : undefined;
  }

  async once(): Promise<PostgresSession> {
    if (this.ready() === undefined) {
      this.connecting ??= this.connect().finally(() => {
        this.connecting = undefined;
      });
      await this.connecting;
    }
    const { session } = this;
    if (session === undefined) throw new Error("the connection was given up");
    return session;
  }

  /** As `once`, and asks for the lock again where an earlier connection of somebody's had it. */
  async onceWithLock(): Promise<PostgresSession> {
    const session = await this.once();
    if (!this.hasLock) this.hasLock = await lock(session, this.request.sql);
    return session;
  }

  async wait(deadline_ms: number): Promise<PostgresSession> {
    for (;;) {
      try {
        return await this.once();
      } catch (error) {
        if (this.isOver || performance.now() + PAUSE_ms > deadline_ms) throw error;
        this.request.logger.warn({ why: String(error) }, "eventLog.serverAway: trying again");
        await delay(PAUSE_ms);
      }
    }
  }

  async drop(): Promise<void> {
    const given = this.session;
    this.session = undefined;
    this.silent = given?.server ?? this.silent;
    await given?.end();
  }

  async end(lastWord: (session: PostgresSession) => Promise<unknown>): Promise<void> {
    this.isOver = true;
    const { session } = this;
    if (session?.isOpen === true) await lastWord(session).catch(() => {});
    await this.drop();
  }

  private async connect(): Promise<PostgresSession> {
    await this.drop();
    if (this.isOver) throw new Error("the log is closed");
    const session = await connectPostgres(this.request.place, true, this.silent);
    this.session = session;
    this.server = session.server;
    this.hasLock = false;
    return session;
  }
}

/** Behind a pooler the lock would be the pool's: everybody who comes by it would have it. */
async function lock(session: PostgresSession, sql: Statements): Promise<boolean> {
  if (session.there.isPooled) return false;
  const { rows } = await session.query<{ mine: boolean }>(sql.lock);
  return rows[0]?.mine === true;
}

/** Makes the tables where they are not there yet. */
export async function makeTables(session: PostgresSession, sql: Statements): Promise<void> {
  const { rows } = await session.query<{ there: boolean }>(sql.isMade);
  if (rows[0]?.there !== true) await session.query(sql.create);
}

export function notReached(error: unknown): LabError {
  const why = error instanceof Error ? error.message : String(error);
  const what =
    error instanceof NoServer
      ? `No PostgreSQL server takes the event log (${why})`
      : `The event log in PostgreSQL cannot be opened (${why})`;
  return new LabError("TL-4001", what, {
    cause: error,
    hint: hintOf(error),
  });
}

async function raiseEpoch(
  session: PostgresSession,
  { place, sql, node, page, session: given, tickets = new Tickets(node), overdue }: HoldRequest,
): Promise<string> {
  try {
    if (given === undefined) await makeTables(session, sql);
    const isFree = given === undefined && (await lock(session, sql));
    const { ticket, earlier } = tickets.draw(place.lease_ms);
    const { rows } = await session.query<{ epoch: string }>(sql.take, [
      node,
      place.lease_ms,
      isFree,
      page() ?? null,
      ticket,
      earlier,
      overdue ?? null,
    ]);
    const [lease] = rows;
    if (lease !== undefined) return lease.epoch;
    const { rows: others } = await session.query<{ holder: string | null }>(sql.leader);
    throw new LabError(
      "TL-4005",
      `${others[0]?.holder ?? "Another daemon"} writes this event log`,
      {
        hint: `Stop it; one that hangs can be followed ${place.lease_ms / 1000} s after its last sign.`,
      },
    );
  } catch (error) {
    await session.end();
    throw error instanceof LabError ? error : notReached(error);
  }
}
