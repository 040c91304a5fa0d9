import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPostgresAddress } from "../../adapters/storage/postgres/postgres-place.ts";
import {
  openSession,
  type PostgresSession,
} from "../../adapters/storage/postgres/postgres-session.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";

describe.runIf(postgresIsThere())("a connection to a PostgreSQL server", () => {
  let server: PostgresServer;
  let session: PostgresSession;
  beforeAll(async () => {
    server = await PostgresServer.create();
    const place = readPostgresAddress(server.address());
    session = await openSession(place, place.hosts[0] as (typeof place.hosts)[number]);
  }, 120_000);
  afterAll(async () => {
    await session?.end();
    server?.remove();
  });

  /** A statement that warns, and is under way for a while before and after it. */
  const warns = (text: string): string =>
    `do $$ begin perform pg_sleep(0.2); raise warning '${text}'; perform pg_sleep(0.4); end $$`;

  test("tells each question what the server warned of in answering it, however many wait", async () => {
    const first = session.query(warns("not replicated"));
    const before = session.query("select 1");
    await new Promise((resolve) => setTimeout(resolve, 400));
    // Asked after the warning has come, and before the answer has.
    const others = [before, session.query("select 2"), session.query(warns("of its own"))];
    const heard = (await Promise.all([first, ...others])).map(({ warnings }) => warnings);
    expect(heard).toEqual([["not replicated"], [], [], ["of its own"]]);
  });

  test("goes on telling after a question that failed", async () => {
    const failed = session.query("select nonsense").catch(() => "failed");
    const next = session.query(warns("after it"));
    expect([await failed, (await next).warnings]).toEqual(["failed", ["after it"]]);
  });
});
