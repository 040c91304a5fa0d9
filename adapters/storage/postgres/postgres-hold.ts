import { LabError } from "../../../src/core/errors.ts";
import type { Logger } from "../../../src/core/logger.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { connectPostgres, delay, NoServer, type PostgresSession } from "./postgres-session.ts";
import type { Statements } from "./postgres-statements.ts";

const PAUSE_ms = 200;

/** The right to write: an epoch that no later holder shares, and a connection that is made anew where it breaks. */
export interface PostgresHold {
  readonly epoch: string;
  /** A connection to the server that takes writes; waits for one until `deadline_ms`. Rejects with {@link NoServer}. */
  session(deadline_ms: number): Promise<PostgresSession>;
  /** Gives the connection up: what it was asked last may or may not have been done. */
  drop(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lease, above every holder before. TL-4005 while another one's connection lives and its lease has not run out;
 * TL-4001 where no server takes writes.
 */
export async function takeHold(
  place: PostgresPlace,
  sql: Statements,
  holder: string,
  logger: Logger,
): Promise<PostgresHold> {
  let session: PostgresSession | undefined = await connectPostgres(place, true).catch(
    (error: unknown) => {
      throw notReached(error);
    },
  );
  const { epoch } = await raiseEpoch(session, place, sql, holder);
  const renew = setInterval(
    () => {
      if (session?.isOpen !== true) return;
      session.query(sql.renew, [epoch, place.lease_ms]).catch(() => {});
    },
    Math.max(200, place.lease_ms / 3),
  );
  renew.unref();
  const drop = async (): Promise<void> => {
    const given = session;
    session = undefined;
    await given?.end();
  };
  return {
    epoch,
    drop,
    session: async (deadline_ms) => {
      if (session?.isOpen === true) return session;
      await drop();
      for (;;) {
        try {
          session = await connectPostgres(place, true);
          await session.query(sql.lock);
          return session;
        } catch (error) {
          if (performance.now() + PAUSE_ms > deadline_ms) throw error;
          logger.warn({ why: String(error) }, "eventLog.serverAway: trying again");
          await delay(PAUSE_ms);
        }
      }
    },
    release: async () => {
      clearInterval(renew);
      if (session?.isOpen === true) await session.query(sql.release, [epoch]).catch(() => {});
      await drop();
    },
  };
}

export function notReached(error: unknown): LabError {
  const why = error instanceof Error ? error.message : String(error);
  const what =
    error instanceof NoServer
      ? `No PostgreSQL server takes the event log (${why})`
      : `The event log in PostgreSQL cannot be opened (${why})`;
  return new LabError("TL-4001", what, {
    cause: error,
    hint: "Check the address, the account and that the server runs.",
  });
}

async function raiseEpoch(
  session: PostgresSession,
  place: PostgresPlace,
  sql: Statements,
  holder: string,
): Promise<{ readonly epoch: string }> {
  try {
    await session.query(sql.create);
    const { rows: locks } = await session.query<{ mine: boolean }>(sql.lock);
    const { rows } = await session.query<{ epoch: string }>(sql.take, [
      holder,
      place.lease_ms,
      locks[0]?.mine === true,
    ]);
    const [lease] = rows;
    if (lease !== undefined) return lease;
    const { rows: others } = await session.query<{ holder: string | null }>(sql.holder);
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
