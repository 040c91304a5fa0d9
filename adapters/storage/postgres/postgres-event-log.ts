import { LabError } from "../../../src/core/errors.ts";
import type { Logger } from "../../../src/core/logger.ts";
import type { EventLog, LogLoss, LogMark } from "../../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../../src/events/lab-event.ts";
import { writeLine } from "../event-line.ts";
import { connectPostgres } from "./postgres-connect.ts";
import { notReached, type PostgresHold, takeHold } from "./postgres-hold.ts";
import { NOT_REPLICATED, type PostgresLease, replaced } from "./postgres-lease.ts";
import { CallPace } from "./postgres-pace.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { readEvents } from "./postgres-reader.ts";
import { delay, type PostgresSession } from "./postgres-session.ts";
import { type Statements, statementsOf } from "./postgres-statements.ts";
import { findTail, type Tail, trustedThrough } from "./postgres-tail.ts";

export interface PostgresLogOptions {
  readonly place: PostgresPlace;
  readonly logger: Logger;
  readonly readOnly: boolean;
  /** Who writes, for whoever comes second: host and process. */
  readonly node: string;
  readonly page: () => string | undefined;
  readonly known?: LogMark | undefined;
  readonly acceptLoss?: boolean | undefined;
}

interface Try {
  readonly hold: PostgresHold;
  readonly lines: readonly Line[];
  /** Whether those that follow are called: they look seldom where nothing has come for a while. */
  readonly isCalling: boolean;
}

interface Line {
  readonly position: number;
  readonly body: string;
}

/**
 * SQLSTATEs after which nobody knows whether the statement was carried out, the server was no longer the right one, or a row was locked for longer
 * than a site's timeout allows.
 */
const UNKNOWN_FATE = /^(?:08|57|25006|40|55P03)/;
const DUPLICATE_KEY = "23505";

/**
 * The event log in PostgreSQL: one row an event, whose body is the line of the file log, checksum chain included. All drafts
 * that wait go in one statement, which tests the epoch, moves the position and inserts the rows; so a holder that was replaced
 * can append nothing, whenever it wakes up. A commit whose answer is lost, late or cancelled is unknown: it is read back.
 * Errors: TL-4001, TL-4002, TL-4003, TL-4004, TL-4005, TL-4007.
 */
export async function openPostgresEventLog(options: PostgresLogOptions): Promise<PostgresEventLog> {
  const { place, logger, readOnly, node, page } = options;
  const sql = statementsOf(place.schema);
  if (!readOnly)
    return await openHeldLog(await takeHold({ place, sql, node, page, logger }), options);
  const session = await connectPostgres(place, false).catch((error: unknown) => {
    throw notReached(error);
  });
  try {
    const { tail, loss } = await findTail(session, sql, options);
    const knownThrough = await trustedThrough(session, sql, options.known);
    const server = (): string => session.server;
    const hold = undefined;
    return new PostgresEventLog({ place, sql, hold, server, tail, logger, loss, knownThrough });
  } catch (error) {
    throw error instanceof LabError ? error : notReached(error);
  } finally {
    await session.end();
  }
}

/** The log of whoever holds it. What it cannot be opened with is given back. */
export async function openHeldLog(
  hold: PostgresHold,
  options: PostgresLogOptions,
): Promise<PostgresEventLog> {
  const { place, logger } = options;
  const sql = statementsOf(place.schema);
  try {
    const session = await hold.session(0);
    const { tail, loss } = await findTail(session, sql, options);
    const knownThrough = await trustedThrough(session, sql, options.known);
    const server = (): string => hold.server();
    return new PostgresEventLog({ place, sql, hold, server, tail, logger, loss, knownThrough });
  } catch (error) {
    await hold.release();
    throw error instanceof LabError ? error : notReached(error);
  }
}

interface Parts {
  readonly place: PostgresPlace;
  readonly sql: Statements;
  readonly hold: PostgresHold | undefined;
  readonly server: () => string | undefined;
  readonly tail: Tail;
  readonly logger: Logger;
  readonly loss: LogLoss | undefined;
  readonly knownThrough: number;
}

export class PostgresEventLog implements EventLog {
  private readonly parts: Parts;
  private readonly tail: Tail;
  private broken: Error | undefined;
  private readonly calls = new CallPace();

  constructor(parts: Parts) {
    this.parts = parts;
    this.tail = parts.tail;
  }

  get lastPosition(): number {
    return this.tail.position;
  }

  get lease(): PostgresLease | undefined {
    return this.parts.hold?.lease;
  }

  get loss(): LogLoss | undefined {
    return this.parts.loss;
  }

  get knownThrough(): number {
    return this.parts.knownThrough;
  }

  async mark(): Promise<LogMark> {
    return { position: this.tail.position, digest: this.tail.crc };
  }

  async append(drafts: readonly EventDraft[]): Promise<LabEvent[]> {
    if (this.broken !== undefined) throw this.broken;
    const { hold } = this.parts;
    if (hold === undefined)
      throw new LabError("TL-4003", "The event log was opened for reading only");
    const { lines, events, crc } = this.write(drafts, hold);
    try {
      await this.store(hold, lines);
    } catch (error) {
      this.broken = error instanceof LabError ? error : notWritten(error);
      hold.lease.lose(this.broken);
      throw this.broken;
    }
    this.calls.wrote(performance.now());
    this.tail.position += lines.length;
    this.tail.crc = crc;
    return events;
  }

  read(from = 1, through = this.tail.position): AsyncIterable<LabEvent> {
    return readEvents({ ...this.parts, ofWriter: this.parts.hold !== undefined }, from, through);
  }

  async close(): Promise<void> {
    this.broken ??= new LabError("TL-4003", "The event log is closed");
    await this.parts.hold?.release();
  }

  private write(drafts: readonly EventDraft[], { isUnicode }: PostgresHold) {
    const group = this.tail.position + 1;
    let { position, crc } = this.tail;
    const lines: Line[] = [];
    const events = drafts.map((draft): LabEvent => {
      position += 1;
      const line = writeLine(draft, { position, group, before: crc, asciiOnly: !isUnicode });
      lines.push({ position, body: line.text.trimEnd() });
      crc = line.crc;
      return { position, time_ms: draft.time_ms, fact: draft.fact };
    });
    return { lines, events, crc };
  }

  /** Stores the lines, however often the connection breaks meanwhile; resolves only when they are surely stored. */
  private async store(hold: PostgresHold, lines: readonly Line[]): Promise<void> {
    const deadline_ms = performance.now() + this.parts.place.patience_ms;
    for (;;) {
      const session = hold.ready() ?? (await hold.session(deadline_ms));
      const isCalling = this.calls.isDue(performance.now());
      try {
        if (await this.tryOnce(session, { hold, lines, isCalling })) return;
      } catch (error) {
        if (isCalling) {
          // Other people's calls may be in the way of ours (a full queue, a lock): it is not to be in the way of the append.
          this.calls.failed(performance.now());
          if (!isUnknownFate(error) && !(error instanceof LabError)) continue;
        }
        if (error instanceof LabError || !isUnknownFate(error)) throw error;
        if (performance.now() > deadline_ms) throw error;
        this.parts.logger.warn({ why: String(error) }, "eventLog.unknownCommit: reading it back");
        await hold.drop();
        await delay(50);
      }
    }
  }

  /** True once the lines are there and on every machine that has to have them. */
  private async tryOnce(
    session: PostgresSession,
    { hold, lines, isCalling }: Try,
  ): Promise<boolean> {
    const [first, last] = [lines[0]?.position ?? 0, lines.at(-1)?.position ?? 0];
    const bodies = lines.map(({ body }) => body).join("\n");
    const { sql } = this.parts;
    const { append, appendOne } = isCalling ? sql.calling : sql;
    const { count, warnings } = await (first === last
      ? session.query(appendOne, [hold.epoch, first, bodies])
      : session.query(append, [hold.epoch, first, last, bodies])
    ).catch((error: unknown) => {
      if ((error as { code?: string }).code !== DUPLICATE_KEY) throw error;
      return { count: 0, warnings: [] };
    });
    // Nothing inserted: these very lines are there already from a try whose answer was lost, or another one leads.
    if (count !== lines.length && !(await this.areStored(session, lines))) throw replaced();
    if (count === lines.length && !warnings.some((text) => NOT_REPLICATED.test(text))) return true;
    await this.confirm(hold);
    return true;
  }

  private async areStored(session: PostgresSession, lines: readonly Line[]): Promise<boolean> {
    const { sql } = this.parts;
    for (const { position, body } of lines) {
      const { rows } = await session.query<{ body: string }>(sql.at, [position]);
      if (rows[0]?.body !== body) return false;
    }
    return true;
  }

  /** A further commit that is replicated stands behind the earlier one: then that one is replicated too. */
  private async confirm({ lease }: PostgresHold): Promise<void> {
    await lease.renew(); // one that was under way may stand before ours
    await lease.renew();
  }
}

function isUnknownFate(error: unknown): boolean {
  const { code } = error as { readonly code?: string };
  // Without a code of the server's own: the connection broke, or its answer did not come in time.
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || UNKNOWN_FATE.test(code);
}

function notWritten(cause: unknown): LabError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LabError("TL-4003", `The event log in PostgreSQL cannot be written (${why})`, {
    cause,
    hint: "Nothing that was acknowledged is lost. Mend the server, and a synchronous standby that it waits for; then start again.",
  });
}
