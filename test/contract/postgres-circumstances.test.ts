import { chownSync, copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import { PgBouncer, pgBouncerIsThere } from "../support/pg-bouncer.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { all, draft, drafts } from "./event-log-suite.ts";
import { TestAuthority } from "./secure-mosquitto.ts";

describe.runIf(postgresIsThere())("the log in a PostgreSQL as laboratories set it up", () => {
  let server: PostgresServer;
  const logs: EventLog[] = [];
  beforeAll(async () => {
    server = await PostgresServer.create();
  }, 120_000);
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close().catch(() => {});
  });
  afterAll(() => server?.remove());

  async function open(address: string, logger: Logger = silentLogger): Promise<EventLog> {
    const log = await openEventLog({ address, logger });
    logs.push(log);
    return log;
  }
  /** A database of its own, with what `alter database` is told. */
  function database(name: string, ...settings: readonly string[]): string {
    server.sql(`create database ${name}`, "postgres");
    for (const setting of settings) server.sql(`alter database ${name} set ${setting}`, "postgres");
    return server.address("?schema=lab&lease_s=20&patience_s=5").replace("/lab?", `/${name}?`);
  }
  const refusal = (address: string) =>
    open(address).then(
      () => "opened",
      (error: { code: string; message: string; hint: string }) => error,
    );

  describe.runIf(pgBouncerIsThere())("behind a pooler", () => {
    for (const mode of ["transaction", "session"] as const)
      test(`is written and read through PgBouncer by ${mode}, and nobody follows a leader that lives because the pool has its lock`, async () => {
        const pooler = await PgBouncer.before(server, mode);
        try {
          const address = pooler.address(`?schema=pool_${mode}&lease_s=20&patience_s=5`);
          const log = await open(address);
          await log.append(drafts(1, 3));
          await Promise.all([all(log), all(log)]);
          await log.append([draft(4)]);
          expect(await all(log)).toHaveLength(4);
          expect(await refusal(address)).toMatchObject({ code: "TL-4005" });
          expect((await log.append([draft(5)]))[0]?.position).toBe(5);
        } finally {
          await pooler.stop();
        }
      }, 60_000);

    test("is refused where commits of the account are not waited for, which cannot be mended from here", async () => {
      server.sql("alter database lab set synchronous_commit = off", "postgres");
      const pooler = await PgBouncer.before(server, "transaction");
      try {
        expect(await refusal(pooler.address("?schema=loose"))).toMatchObject({
          code: "TL-4001",
          message: expect.stringContaining("pooler"),
        });
      } finally {
        await pooler.stop();
        server.sql("alter database lab reset synchronous_commit", "postgres");
      }
    }, 60_000);
  });

  test("is not ended by the site's timeouts for statements, locks and idle connections", async () => {
    const address = database(
      "hasty",
      "statement_timeout = '150ms'",
      "lock_timeout = '100ms'",
      "idle_session_timeout = '300ms'",
      "idle_in_transaction_session_timeout = '100ms'",
    );
    const warnings: unknown[] = [];
    const log = await open(address, { ...silentLogger, warn: (what) => warnings.push(what) });
    await log.append([draft(1)]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const locker = new pg.Client(address.replace(/\?.*/, ""));
    await locker.connect();
    await locker.query(
      "set idle_in_transaction_session_timeout = 0; begin; update lab.lease set position = position",
    );
    const appended = log.append([draft(2)]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await locker.query("commit");
    await locker.end();
    expect((await appended)[0]?.position).toBe(2);
    expect(warnings).toEqual([]);
  }, 60_000);

  test("keeps every letter in a database that is not Unicode", async () => {
    server.sql("create database latin encoding 'LATIN1' locale 'C' template template0", "postgres");
    const address = server.address("?schema=lab").replace("/lab?", "/latin?");
    const log = await open(address);
    const words = "2θ = 44.5°, µm, 温度, 🔬";
    await log.append([draft(1, words), draft(2, "plain")]);
    const read = await all(log);
    expect(JSON.stringify(read[0]?.fact)).toContain(words);
    expect(server.sql("select body from lab.event where position = 1", "latin")).toContain(
      "2\\u03b8 = 44.5\\u00b0",
    );
  }, 60_000);

  test("is found whatever the search path is", async () => {
    const address = database("lost", "search_path = 'elsewhere'");
    server.sql("create schema elsewhere; create table elsewhere.event (x text)", "lost");
    const log = await open(address);
    await log.append(drafts(1, 2));
    expect(await all(log)).toHaveLength(2);
  }, 60_000);

  test("says that a database is set to be read only", async () => {
    expect(await refusal(database("closed", "default_transaction_read_only = on"))).toMatchObject({
      code: "TL-4001",
      message: expect.stringContaining("is read-only"),
    });
  }, 60_000);

  test("says what an account lacks: rights, a database, connections; those that are there go on", async () => {
    const address = database("scarce").replace("tieline@", "clerk@");
    server.sql("create role clerk login connection limit 1", "postgres");
    expect(await refusal(address)).toMatchObject({
      hint: expect.stringContaining("create schema tieline authorization"),
    });
    expect(await refusal(address.replace("/scarce?", "/nowhere?"))).toMatchObject({
      hint: expect.stringContaining("create database"),
    });
    server.sql("create schema lab authorization clerk", "scarce");
    const log = await open(address);
    await log.append(drafts(1, 2));
    await expect(all(log)).rejects.toMatchObject({
      code: "TL-4001",
      hint: expect.stringContaining("connection limit"),
    });
    expect((await log.append([draft(3)]))[0]?.position).toBe(3);
  }, 60_000);

  test("goes on where nobody is allowed to call those that listen", async () => {
    const address = database("quiet").replace("tieline@", "usher@");
    server.sql("create role usher login", "postgres");
    server.sql("create schema lab authorization usher", "quiet");
    server.sql("revoke execute on function pg_catalog.pg_notify(text, text) from public", "quiet");
    const log = await open(address);
    await log.append([draft(1)]);
    await log.append(drafts(2, 3));
    expect(await all(log)).toHaveLength(4);
    await log.close();
    expect(server.sql("select holder is null from lab.lease", "quiet")).toBe("t");
  }, 60_000);

  test("says where a password goes that is missing, and that it is another one", async () => {
    const hba = join(server.data, "pg_hba.conf");
    const before = readFileSync(hba, "utf8");
    writeFileSync(hba, `host all porter all scram-sha-256\n${before}`);
    server.sql("create role porter login superuser password 'lodge'", "postgres");
    server.reload();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const address = (account: string) => `postgres://${account}@127.0.0.1:${server.port}/lab`;
    const hint = expect.stringContaining("PGPASSWORD");
    expect(await refusal(address("porter"))).toMatchObject({ code: "TL-4001", hint });
    expect(await refusal(address("porter:gate"))).toMatchObject({ code: "TL-4001", hint });
    const log = await open(`${address("porter:lodge")}?schema=porter`);
    expect(await log.append([draft(1)])).toHaveLength(1);
  }, 60_000);

  test("says how to come in where TLS is asked for, and looks at the certificate", async () => {
    const authority = new TestAuthority();
    const { cert, key } = authority.issue("db", "localhost");
    const owner = statSync(server.data);
    for (const [from, to] of [
      [cert, "server.crt"],
      [key, "server.key"],
    ] as const) {
      const path = join(server.data, to);
      copyFileSync(from, path);
      chownSync(path, owner.uid, owner.gid);
      writeFileSync(path, readFileSync(path), { mode: 0o600 });
    }
    const hba = join(server.data, "pg_hba.conf");
    const before = readFileSync(hba, "utf8");
    writeFileSync(hba, `hostnossl all guest all reject\n${before}`);
    server.sql("create role guest login superuser", "postgres");
    server.sql("alter system set ssl = on", "postgres");
    server.reload();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const plain = `postgres://guest@localhost:${server.port}/lab?schema=tls`;
    expect(await refusal(plain)).toMatchObject({
      code: "TL-4001",
      hint: expect.stringContaining("sslmode=require"),
    });
    const encrypted = `${plain}&sslmode=require`;
    expect(await refusal(encrypted)).toMatchObject({
      hint: expect.stringContaining("sslrootcert="),
    });
    const log = await open(`${encrypted}&sslrootcert=${authority.ca}`);
    expect(await log.append([draft(1)])).toHaveLength(1);
    expect(await refusal(`${encrypted}x`)).toMatchObject({ code: "TL-4001" });
  }, 60_000);
});
