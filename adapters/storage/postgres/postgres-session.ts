import type { Client, QueryResultRow } from "pg";
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
  end(): Promise<void>;
}

/** A server was reached, but none that takes writes, or none at all. */
export class NoServer extends Error {}

/**
 * Whether the server is a standby. A database or an account whose commits are told before they are on the disk, or before the standby has them,
 * keeps no promise of a log's: on our connections they are waited for.
 */
const BEGINNING = `
  select pg_is_in_recovery() as standby, case
    when current_setting('synchronous_commit') in ('off', 'local') then set_config('synchronous_commit', 'on', false)
  end`;

/**
 * Connects to the first of the place's servers that answers and, where `forWriting`, is no standby.
 * Rejects with {@link NoServer}, which names what each of them said.
 */
export async function connectPostgres(
  place: PostgresPlace,
  forWriting: boolean,
): Promise<PostgresSession> {
  const refusals: string[] = [];
  for (const server of place.hosts) {
    const name = `${server.host}:${server.port}`;
    try {
      const session = await openSession(place, server);
      const { rows } = await session.query<{ standby: boolean }>(BEGINNING);
      if (!forWriting || rows[0]?.standby === false) return session;
      await session.end();
      refusals.push(`${name} is a standby`);
    } catch (error) {
      refusals.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new NoServer(refusals.join("; "));
}

async function openSession(
  place: PostgresPlace,
  server: { readonly host: string; readonly port: number },
): Promise<PostgresSession> {
  const { default: pg } = await import("pg");
  const client: Client = new pg.Client({
    ...server,
    database: place.database,
    user: place.user,
    password: place.password,
    ssl: place.ssl,
    application_name: "tieline",
    keepAlive: true,
    connectionTimeoutMillis: Math.min(5000, place.answer_ms),
    query_timeout: place.answer_ms,
  });
  let isOpen = true;
  const warnings: string[] = [];
  client.on("error", () => {
    isOpen = false;
  });
  client.on("end", () => {
    isOpen = false;
  });
  client.on("notice", ({ severity, message }) => {
    if (severity === "WARNING") warnings.push(message ?? "");
  });
  const end = async (): Promise<void> => {
    isOpen = false;
    await Promise.race([client.end(), delay(1000)]).catch(() => {});
  };
  try {
    await client.connect();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    get isOpen() {
      return isOpen;
    },
    query: async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      warnings.length = 0;
      // Statements with values are planned once a connection; the texts are constants, so that they name themselves.
      const { rows, rowCount } = await client.query<Row>({
        text,
        values: [...values],
        ...(values.length > 0 ? { name: nameOf(text) } : {}),
      });
      return { rows, count: rowCount ?? 0, warnings: [...warnings] };
    },
    end,
  };
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
