import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOG_VERSION, writeLine } from "../../adapters/storage/event-line.ts";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { readPostgresAddress } from "../../adapters/storage/postgres/postgres-place.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { all, describeEventLog, draft, drafts, type LogPlace } from "./event-log-suite.ts";
import { until } from "./listener.ts";

describe.runIf(postgresIsThere())(`the event log in PostgreSQL`, () => {
  let server: PostgresServer;
  let schemas = 0;

  beforeAll(async () => {
    server = await PostgresServer.create();
  });
  afterAll(() => server?.remove());

  const freshSchema = (): string => `log${++schemas}`;
  const open = (address: string, logger: Logger = silentLogger): Promise<EventLog> =>
    openEventLog({ address, logger });

  describeEventLog({
    name: "postgres",
    fresh: async (): Promise<LogPlace> => {
      const schema = freshSchema();
      const sql = (text: string): string => server.sql(text);
      return {
        address: server.address(`?schema=${schema}&lease_s=5&patience_s=2`),
        plantNewer: async () => {
          const position = Number(sql(`select position from ${schema}.lease`)) + 1;
          const before = sql(
            `select right(body, 10) from ${schema}.event order by position desc limit 1`,
          );
          const line = writeLine(draft(9), {
            position,
            group: position,
            before: before.slice(0, 8),
          });
          const body = line.text.trimEnd().replace(`"v":${LOG_VERSION}`, `"v":${LOG_VERSION + 1}`);
          sql(`insert into ${schema}.event values (${position}, 1, '${body}')`);
          sql(`update ${schema}.lease set position = ${position}`);
        },
        damage: async (position) => {
          sql(
            `update ${schema}.event set body = replace(body, '"x/', '"y/') where position = ${position}`,
          );
        },
        breakWrites: async () => {
          sql(`alter table ${schema}.event add constraint full_disk check (false) not valid`);
          return async () => {
            sql(`alter table ${schema}.event drop constraint full_disk`);
          };
        },
        remove: async () => {
          sql(`drop schema if exists ${schema} cascade`);
        },
      };
    },
    without: { tear: "a statement is stored whole or not at all" },
  });

  describe("what only a server knows", () => {
    test("events that were acknowledged and are gone at the end are TL-4007, until a person accepts it", async () => {
      const schema = freshSchema();
      const address = server.address(`?schema=${schema}`);
      const log = await open(address);
      await log.append(drafts(1, 3));
      await log.close();
      server.sql(`delete from ${schema}.event where position = 3`);
      await expect(open(address)).rejects.toMatchObject({
        code: "TL-4007",
        message: expect.stringContaining("ends at position 2, and 3 was acknowledged"),
      });
      const again = await openEventLog({ address, logger: silentLogger, acceptLoss: true });
      expect(again.loss).toEqual({ after: 2, through: 3 });
      expect((await again.append([draft(9)]))[0]?.position).toBe(3);
      await again.close();
      await (await open(address)).close();
    });

    test("a mark vouches for the log that it was made of, and for no other", async () => {
      const schema = freshSchema();
      const address = server.address(`?schema=${schema}`);
      const log = await open(address);
      await log.append(drafts(1, 3));
      const known = await log.mark?.();
      await log.append(drafts(4, 1));
      await log.close();
      const marked = await openEventLog({ address, logger: silentLogger, known });
      expect(marked.knownThrough).toBe(3);
      await marked.close();
      const other = known === undefined ? undefined : { ...known, digest: "00000000" };
      const doubted = await openEventLog({ address, logger: silentLogger, known: other });
      expect(doubted.knownThrough).toBe(0);
      await doubted.close();
    });

    test("a holder whose connection is gone is followed at once, and can append nothing more", async () => {
      const schema = freshSchema();
      const address = server.address(`?schema=${schema}&lease_s=60`);
      const old = await open(address);
      await old.append(drafts(1, 2));
      await expect(open(address)).rejects.toMatchObject({ code: "TL-4005" });
      endConnections(server);
      // A connection that is told to end has its lock for a moment more.
      const locks = "select count(*) from pg_locks where locktype = 'advisory'";
      await until(() => server.sql(locks) === "0", "the lock is free");
      const next = await open(address);
      await next.append(drafts(3, 1));
      // Awake again, the old one reconnects by itself; its epoch is over.
      await expect(old.append(drafts(9, 1))).rejects.toMatchObject({
        code: "TL-4003",
        message: expect.stringContaining("taken over"),
      });
      expect((await all(next)).map(({ position }) => position)).toEqual([1, 2, 3]);
      await next.append(drafts(4, 1));
      await old.close();
      await next.append(drafts(5, 1));
      await next.close();
    });

    test("a frozen holder is followed once its lease has run out", async () => {
      const schema = freshSchema();
      const address = server.address(`?schema=${schema}&lease_s=60`);
      const old = await open(address);
      await old.append(drafts(1, 1));
      server.sql(`update ${schema}.lease set until = now() - interval '1 s'`);
      const next = await open(address);
      await next.append(drafts(2, 1));
      await expect(old.append(drafts(2, 1))).rejects.toMatchObject({ code: "TL-4003" });
      await Promise.all([old.close(), next.close()]);
    });

    test("connections that break under way lose nothing and store nothing twice", async () => {
      const address = server.address(`?schema=${freshSchema()}`);
      const log = await open(address);
      const acknowledged: number[] = [];
      let isOver = false;
      const breaking = (async () => {
        while (!isOver) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          endConnections(server);
        }
      })();
      for (let n = 1; n <= 60; n++) {
        const [event] = await log.append([draft(n)]);
        acknowledged.push(event?.position ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      isOver = true;
      await breaking;
      expect(acknowledged).toEqual(Array.from({ length: 60 }, (_, k) => k + 1));
      expect((await all(log)).map(({ fact }) => fact)).toEqual(
        drafts(1, 60).map(({ fact }) => fact),
      );
      await log.close();
    });

    test("addresses: several servers, options, and what is wrong with one", () => {
      expect(
        readPostgresAddress("postgres://lab:p%40ss@a:5433,b/tie?schema=night&lease_s=3&answer_s=2"),
      ).toMatchObject({
        hosts: [
          { host: "a", port: 5433 },
          { host: "b", port: 5432 },
        ],
        ...{ user: "lab", password: "p@ss", database: "tie", schema: "night", lease_ms: 3000 },
      });
      for (const wrong of ["?lease_s=0", "?schema=a-b", "?leases=3"])
        expect(() => readPostgresAddress(`postgres://h/d${wrong}`)).toThrow(
          expect.objectContaining({ code: "TL-4001" }),
        );
    });
  });

  describe("with a standby that each commit waits for", () => {
    let primary: PostgresServer;
    let standby: PostgresServer;
    beforeAll(async () => {
      primary = await PostgresServer.create();
      standby = await PostgresServer.follow(primary, "second");
      primary.configure(["synchronous_standby_names = 'second'"]);
      primary.reload();
    }, 60_000);
    afterAll(() => {
      standby?.remove();
      primary?.remove();
    });
    /** One append while the standby is away: whether it was acknowledged before it is back, and how it ended. */
    async function appendWithout(log: EventLog, meanwhile: () => Promise<void>) {
      standby.halt();
      let isAcknowledged = false;
      const append = log.append([draft(9)]).then(([event]) => {
        isAcknowledged = true;
        return event?.position;
      });
      await until(() => waiting(primary) > 0 || isAcknowledged, "a commit that waits");
      await meanwhile();
      const early = isAcknowledged;
      standby.start();
      return { early, position: await append };
    }

    test("a commit that an administrator cancelled while it waited is not acknowledged before the standby has it", async () => {
      const log = await open(primary.address("?schema=cancelled&lease_s=60"));
      await log.append(drafts(1, 2));
      const found = await appendWithout(log, async () => {
        primary.sql(
          "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'",
        );
        await new Promise((resolve) => setTimeout(resolve, 1000));
      });
      expect(found).toEqual({ early: false, position: 3 });
      expect((await all(log)).map(({ position }) => position)).toEqual([1, 2, 3]);
      await log.close();
    }, 60_000);

    test("while that is away, tries that nobody waits for any more do not pile up at the server", async () => {
      const where = primary.address("?schema=away&lease_s=2");
      const log = await open(where);
      const next = await openEventLog({ address: where, logger: silentLogger, standBy: true });
      const isOver = (async () => {
        for await (const { position } of next.follow?.(1) ?? [])
          expect(position).toBeGreaterThan(0);
      })();
      await log.append(drafts(1, 2));
      const connections = () =>
        Number(
          primary.sql(
            "select count(*) from pg_stat_activity where application_name = 'tieline' and wait_event_type = 'Lock'",
          ),
        );
      let most = 0;
      standby.halt();
      // Who writes on when it is back, the leader or the one that stands by, is open.
      const append = log.append([draft(9)]).then(
        ([event]) => event?.position,
        (error: { code: string }) => error.code,
      );
      for (let k = 0; k < 16; k++) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        most = Math.max(most, connections());
      }
      standby.start();
      expect([3, "TL-4003"]).toContain(await append);
      // The leader's and the other one's, and those of the tries before, which are about to end.
      expect(most).toBeLessThanOrEqual(5);
      await next.close();
      await isOver;
    }, 120_000);

    test.each(["off", "local"])(
      "a database whose commits are synchronous_commit = %s is waited for all the same",
      async (usual) => {
        primary.sql(`alter database lab set synchronous_commit = ${usual}`);
        const log = await open(primary.address(`?schema=${usual}&lease_s=60`));
        primary.sql("alter database lab reset synchronous_commit");
        await log.append(drafts(1, 1));
        const found = await appendWithout(log, async () => {
          await new Promise((resolve) => setTimeout(resolve, 500));
        });
        expect(found).toEqual({ early: false, position: 2 });
        await log.close();
      },
      60_000,
    );
  });

  test("primary killed: the synchronous standby has all that was acknowledged and is written to", async () => {
    const primary = await PostgresServer.create();
    const standby = await PostgresServer.follow(primary, "second");
    try {
      primary.configure(["synchronous_standby_names = 'second'"]);
      primary.reload();
      const log = await open(primary.address("?lease_s=2&answer_s=5", standby));
      await log.append(drafts(1, 20));
      primary.kill();
      const late = log.append(drafts(21, 1));
      standby.configure(["synchronous_standby_names = ''"]);
      standby.promote();
      expect((await late).map(({ position }) => position)).toEqual([21]);
      expect((await all(log)).map(({ fact }) => fact)).toEqual(
        drafts(1, 21).map(({ fact }) => fact),
      );
      await log.close();
    } finally {
      standby.remove();
      primary.remove();
    }
  });
});

/** Connections of ours whose commit waits for the standby. */
function waiting(server: PostgresServer): number {
  const one = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
  return Number(server.sql(`${one} and application_name = 'tieline'`));
}

function endConnections(server: PostgresServer): void {
  server.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tieline'",
  );
}
