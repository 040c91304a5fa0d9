import { whyNotWritable } from "./postgres-circumstances.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { codeOf, NOT_WRITABLE, NoServer, type Refusal } from "./postgres-refusals.ts";
import { delay, nameOfServer, openSession, type PostgresSession } from "./postgres-session.ts";

/** A server that says nothing for so long does not keep the next one from being asked. */
const NEXT_AFTER_ms = 250;
/** One that refused may be promoted while another one is still waited for. */
const AGAIN_AFTER_ms = 200;

/**
 * Connects to the first of the place's servers that answers and, where `forWriting`, takes writes. A machine that vanished says
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
  const refusals = new Map<number, Refusal>();
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
        if ("query" in answer) {
          if (isOver) return void answer.end();
          isOver = true;
          return resolve(answer);
        }
        refusals.set(k, answer);
        next();
        if (isOver || refusals.size < order.length) await delay(AGAIN_AFTER_ms);
        else {
          isOver = true;
          reject(new NoServer([...place.hosts.keys()].flatMap((at) => refusals.get(at) ?? [])));
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
): Promise<PostgresSession | Refusal> {
  const name = nameOfServer(server);
  try {
    const session = await openSession(place, server);
    const why = forWriting ? whyNotWritable(session.there) : undefined;
    if (why === undefined) return session;
    await session.end();
    return { server: name, why: ` ${why}`, code: NOT_WRITABLE };
  } catch (error) {
    const why = `: ${error instanceof Error ? error.message : String(error)}`;
    return { server: name, why, code: codeOf(error) };
  }
}
