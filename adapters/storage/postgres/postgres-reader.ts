import { LabError } from "../../../src/core/errors.ts";
import type { LabEvent } from "../../../src/events/lab-event.ts";
import { upcastEvent } from "../../../src/events/upcast-event.ts";
import { CHECKSUM_START, LOG_VERSION, readLine } from "../event-line.ts";
import { connectPostgres } from "./postgres-connect.ts";
import { notReached } from "./postgres-hold.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { nameOfServer, type PostgresSession } from "./postgres-session.ts";
import type { Statements } from "./postgres-statements.ts";

/** Events that are read at once. */
export const READ_MAX = 1000;

interface ReadNeeds {
  readonly place: PostgresPlace;
  readonly sql: Statements;
  /** Where the end of the log is known from: another server may be behind, or have gone another way since. */
  readonly server: () => string | undefined;
  /** The log's end is one that takes writes: no standby, which may be behind, is read instead. */
  readonly ofWriter: boolean;
}

/** Events of a log from position `from` up to `through`, checksums verified. TL-4001, TL-4002, TL-4004. */
export async function* readEvents(
  needs: ReadNeeds,
  from: number,
  through: number,
): AsyncIterable<LabEvent> {
  if (from > through) return;
  const { sql } = needs;
  const session = await connectToRead(needs).catch((error: unknown) => {
    throw notReached(error);
  });
  try {
    const reader = new ChainReader(from, await crcBefore(session, sql, from));
    while (reader.next <= through) {
      const events = await reader.read(session, sql, through);
      if (events.length === 0) throw damaged(`at position ${reader.next}`);
      yield* events;
    }
  } finally {
    await session.end();
  }
}

async function connectToRead({ place, server, ofWriter }: ReadNeeds): Promise<PostgresSession> {
  const known = server();
  const hosts = place.hosts.filter((host) => nameOfServer(host) === known);
  const there = hosts.length === 0 ? undefined : connectPostgres({ ...place, hosts }, ofWriter);
  const session = await there?.catch(() => undefined);
  return session ?? (await connectPostgres(place, ofWriter));
}

/** Reads on from a position, and from the checksum of the line before it. */
export class ChainReader {
  next: number;
  crc: string;

  constructor(next: number, crc: string) {
    this.next = next;
    this.crc = crc;
  }

  /** The next events, at most {@link READ_MAX}; none where there are no more yet. TL-4002, TL-4004. */
  async read(session: PostgresSession, sql: Statements, through: number): Promise<LabEvent[]> {
    const { rows } = await session.query<{ position: string; body: string }>(sql.read, [
      this.next,
      through,
      READ_MAX,
    ]);
    return rows.map(({ position, body }) => {
      const line = Number(position) === this.next ? readLine(body, this.crc) : undefined;
      if (line === undefined) throw damaged(`at position ${this.next}`);
      if (line.version > LOG_VERSION) throw newer(line.version);
      this.crc = line.crc;
      this.next += 1;
      return upcastEvent(line.event, line.version);
    });
  }
}

/** The checksum that the line at `position` goes on from. */
export async function crcBefore(
  session: PostgresSession,
  sql: Statements,
  position: number,
): Promise<string> {
  if (position <= 1) return CHECKSUM_START;
  const { rows } = await session.query<{ body: string }>(sql.at, [position - 1]);
  if (rows[0] === undefined) throw damaged(`at position ${position - 1}`);
  return crcOf(rows[0].body);
}

export function crcOf(body: string): string {
  return /"crc":"([0-9a-f]{8})"\}$/.exec(body)?.[1] ?? "";
}

export function newer(version: number): LabError {
  return new LabError(
    "TL-4002",
    `The event log was written by a newer version of Tieline (format ${version}, this one reads up to ${LOG_VERSION})`,
  );
}

function damaged(where: string): LabError {
  return new LabError("TL-4004", `The event log in PostgreSQL is damaged ${where}`, {
    hint: "Restore the table from a backup, or promote a standby that has it.",
  });
}
