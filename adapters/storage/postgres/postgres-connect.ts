import type { PostgresPlace } from "./postgres-place.ts";
import { delay, nameOfServer, openSession, type PostgresSession } from "./postgres-session.ts";

/** A server was reached, but none that takes writes, or none at all. */
export class NoServer extends Error {}

/** A server that says nothing for so long does not keep the next one from being asked. */
const NEXT_AFTER_ms = 250;
/** One that refused may be promoted while another one is still waited for. */
const AGAIN_AFTER_ms = 200;

/**
 * Whether the server is a standby. A database or an account whose commits are told before they are on the disk, or before the standby has them,
 * keeps no promise of a log's: on our connections they are waited for.
 */
const BEGINNING = `
  select pg_is_in_recovery() as standby, case
    when current_setting('synchronous_commit') in ('off', 'local') then set_config('synchronous_commit', 'on', false)
  end`;

/**
 * Connects to the first of the place's servers that answers and, where `forWriting`, is no standby. A machine that vanished says
 * nothing, so that the others are asked beside it; `silent` names one that has just left a question without an answer, and is asked last.
 * Rejects with {@link NoServer}, which names what each of them said, once each has refused.
 */
export function connectPostgres(
  place: PostgresPlace,
  forWriting: boolean,
  silent?: string,
): Promise<PostgresSession> {
  const isSilent = (k: number): number =>
    Number(place.hosts[k] !== undefined && nameOfServer(place.hosts[k]) === silent);
  const order = [...place.hosts.keys()].sort((a, b) => isSilent(a) - isSilent(b));
  const refusals = new Map<number, string>();
  return new Promise((resolve, reject) => {
    let isOver = false;
    const begun = new Set<number>();
    const begin = (turn: number): void => {
      const k = order[turn];
      if (k === undefined || isOver || begun.has(k)) return;
      begun.add(k);
      const timer = setTimeout(() => begin(turn + 1), NEXT_AFTER_ms);
      void ask(k, () => {
        clearTimeout(timer);
        begin(turn + 1);
      });
    };
    const ask = async (k: number, next: () => void): Promise<void> => {
      const server = place.hosts[k] as PostgresPlace["hosts"][number];
      while (!isOver) {
        const answer = await askOne(place, server, forWriting);
        if (typeof answer !== "string") {
          if (isOver) return void answer.end();
          isOver = true;
          return resolve(answer);
        }
        refusals.set(k, `${nameOfServer(server)}${answer}`);
        next();
        if (isOver || refusals.size < order.length) await delay(AGAIN_AFTER_ms);
        else {
          isOver = true;
          reject(new NoServer([...place.hosts.keys()].map((at) => refusals.get(at)).join("; ")));
        }
      }
    };
    begin(0);
  });
}

/** A session, or why there is none with this server. */
async function askOne(
  place: PostgresPlace,
  server: PostgresPlace["hosts"][number],
  forWriting: boolean,
): Promise<PostgresSession | string> {
  try {
    const session = await openSession(place, server);
    try {
      const { rows } = await session.query<{ standby: boolean }>(BEGINNING);
      if (!forWriting || rows[0]?.standby === false) return session;
    } catch (error) {
      await session.end();
      throw error;
    }
    await session.end();
    return " is a standby";
  } catch (error) {
    return `: ${error instanceof Error ? error.message : String(error)}`;
  }
}
