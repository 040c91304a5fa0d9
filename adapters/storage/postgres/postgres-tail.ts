import { LabError } from "../../../src/core/errors.ts";
import type { LogLoss, LogMark } from "../../../src/events/event-log.ts";
import { CHECKSUM_START, LOG_VERSION, peekLine } from "../event-line.ts";
import { crcOf, newer } from "./postgres-reader.ts";
import type { PostgresSession } from "./postgres-session.ts";
import type { Statements } from "./postgres-statements.ts";

/** The end of a log: its last position, and the checksum of the line there. */
export interface Tail {
  position: number;
  crc: string;
}

/** Where the log ends, by its last row and by what the lease remembers: they must agree. TL-4007 where they do not. */
export async function findTail(
  session: PostgresSession,
  sql: Statements,
  {
    readOnly,
    acceptLoss,
  }: { readonly readOnly: boolean; readonly acceptLoss?: boolean | undefined },
): Promise<{ readonly tail: Tail; readonly loss: LogLoss | undefined }> {
  const { rows } = await session.query<{
    marked: string;
    position: string | null;
    body: string | null;
  }>(sql.end);
  const marked = Number(rows[0]?.marked ?? 0);
  const position = Number(rows[0]?.position ?? 0);
  const body = rows[0]?.body ?? undefined;
  const peeked = body === undefined ? undefined : peekLine(body);
  if (peeked !== undefined && peeked.version > LOG_VERSION) throw newer(peeked.version);
  const tail = { position, crc: body === undefined ? CHECKSUM_START : crcOf(body) };
  if (position === marked) return { tail, loss: undefined };
  const loss = { after: position, through: marked };
  if (!readOnly && acceptLoss !== true)
    throw new LabError(
      "TL-4007",
      `The event log in PostgreSQL ends at position ${position}, and ${marked} was acknowledged`,
      { context: { ...loss } },
    );
  if (!readOnly) await session.query(sql.setPosition, [position]);
  return { tail, loss };
}

/** How far the log is what a cache was made of: its checksum there says so. */
export async function trustedThrough(
  session: PostgresSession,
  sql: Statements,
  known: LogMark | undefined,
): Promise<number> {
  if (known === undefined) return 0;
  const { rows } = await session.query<{ body: string }>(sql.at, [known.position]);
  return rows[0] !== undefined && crcOf(rows[0].body) === known.digest ? known.position : 0;
}
