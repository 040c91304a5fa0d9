import { readFileSync } from "node:fs";
import type { Client, ClientConfig, QueryConfig, QueryResultRow } from "pg";
import { watchAnswers } from "./answer-watch.ts";
import { createCalls } from "./postgres-calls.ts";
import { type Circumstances, lookRound } from "./postgres-circumstances.ts";
import type { PostgresPlace } from "./postgres-place.ts";

/** One connection to a server; what it cannot answer in time ends it, since nobody can tell then what was done. */
export interface PostgresSession {
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{
    readonly rows: Row[];
    readonly count: number;
    readonly warnings: readonly string[];
  }>;
  readonly isOpen: boolean;
  /** Host and port. */
  readonly server: string;
  readonly there: Circumstances;
  /** Waits for so long, or until the connection ends, or until a call comes where this session listens. */
  heard(time_ms: number): Promise<void>;
  end(): Promise<void>;
}

/** A connection to this one server. */
export async function openSession(
  place: PostgresPlace,
  server: PostgresPlace["hosts"][number],
): Promise<PostgresSession> {
  const { default: pg } = await import("pg");
  const client: Client = new pg.Client(settingsOf(place, server));
  let isOpen = true;
  const calls = createCalls(place.schema);
  /** Of the question that is asked at this moment. */
  let warned: string[] = [];
  const watch = watchAnswers(place.answer_ms, (why) => {
    isOpen = false;
    client.connection.stream.destroy(why);
  });
  const close = (): void => {
    isOpen = false;
    watch.stop();
    calls.end();
  };
  client.on("error", close);
  client.on("end", close);
  client.on("notice", ({ severity, message }) => {
    if (severity === "WARNING") warned.push(message ?? "");
  });
  client.on("notification", ({ payload }) => calls.note(payload));
  const end = async (): Promise<void> => {
    close();
    await Promise.race([client.end(), delay(1000)]).catch(() => {});
  };
  const inTurn = oneAtATime();
  let there: Circumstances;
  try {
    await client.connect();
    const { rows } = await watch.over(
      client.query<Circumstances>(lookRound(processOf(client), place.answer_ms)),
    );
    there = rows[0] as Circumstances;
  } catch (error) {
    await end();
    throw error;
  }
  return {
    get isOpen() {
      return isOpen;
    },
    server: nameOfServer(server),
    there,
    query: <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
      // Statements with values are planned once a connection; the texts are constants, so that they name themselves.
      const isPlanned = values !== undefined && values.length > 0 && !there.isPooled;
      const asked = isPlanned ? { name: nameOf(text), text, values } : { text, values };
      const answer = inTurn(async () => {
        const warnings: string[] = [];
        warned = warnings;
        const { rows, rowCount } = await client.query<Row>(asked as QueryConfig);
        return { rows, count: rowCount ?? 0, warnings };
      });
      return watch.over(answer);
    },
    heard: calls.heard,
    end,
  };
}

function settingsOf(place: PostgresPlace, server: PostgresPlace["hosts"][number]): ClientConfig {
  return {
    ...server,
    database: place.database,
    user: place.user,
    password: place.password,
    ssl: typeof place.ssl === "boolean" ? place.ssl : { ca: readFileSync(place.ssl.authority) },
    application_name: "tieline",
    keepAlive: true,
    connectionTimeoutMillis: Math.min(5000, place.answer_ms),
  };
}

/** Each begins when the one before it is settled, the first at once: what a server warns of belongs to the question that it answers. */
function oneAtATime(): <T>(ask: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const over = (): void => {
    waiting -= 1;
  };
  return (ask) => {
    const answer = waiting === 0 ? ask() : last.then(ask);
    waiting += 1;
    last = answer.then(over, over);
    return answer;
  };
}

export function nameOfServer({ host, port }: PostgresPlace["hosts"][number]): string {
  return `${host}:${port}`;
}

/** What the server called its process at the start; pg's types do not have it. */
function processOf(client: Client): number {
  return (client as unknown as { readonly processID: number | null }).processID ?? 0;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `tieline${names.size}`;
  names.set(text, name);
  return name;
}

export function delay(time_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time_ms));
}
