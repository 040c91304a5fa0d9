import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { handOverLog, openEventLog } from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { LeaseEnd } from "../../src/events/log-lease.ts";
import { Cable } from "../support/cable.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { draft, drafts } from "./event-log-suite.ts";
import { until } from "./listener.ts";

describe.runIf(postgresIsThere())("a log in PostgreSQL that is followed", () => {
  let server: PostgresServer;
  let schemas = 0;
  const logs: EventLog[] = [];
  beforeAll(async () => {
    server = await PostgresServer.create();
  });
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close().catch(() => {});
  });
  afterAll(() => server?.remove());

  const address = (lease_s: number): string =>
    server.address(`?schema=pair${++schemas}&lease_s=${lease_s}&patience_s=2`);

  /** One that leads, with three events, and one that stands by; what it has followed. */
  async function pair(where: string, logger = silentLogger, standbysWay = where) {
    const lead = await openEventLog({
      address: where,
      logger: silentLogger,
      page: () => "http://a/",
    });
    logs.push(lead);
    await lead.append(drafts(1, 3));
    const next = await openEventLog({ address: standbysWay, logger, standBy: true });
    logs.push(next);
    const followed: LabEvent[] = [];
    let failure: unknown;
    const isOver = (async () => {
      for await (const event of next.follow?.(1) ?? []) followed.push(event);
    })().catch((error: unknown) => {
      failure = error;
    });
    const ends: LeaseEnd[] = [];
    lead.lease?.onEnd((end) => ends.push(end));
    await until(() => followed.length === 3, "the events, followed");
    return { lead, next, followed, ends, isOver, failure: () => failure };
  }
  const atEndOf = ({ port }: Cable, where: string): string => where.replace(/:\d+\//, `:${port}/`);
  const role = (log: EventLog) => log.lease?.leadership().role;

  test("shows the one that stands by what is written and who leads, and takes nothing from it", async () => {
    const { lead, next, followed, isOver } = await pair(address(5));
    await until(() => next.lease?.leadership().leader !== undefined, "who leads");
    expect(next.lease?.leadership()).toMatchObject({
      role: "follows",
      leader: { page: "http://a/" },
    });
    expect(next.lease?.holds()).toBe(false);
    await expect(next.lease?.confirm()).rejects.toMatchObject({ code: "TL-4003" });
    await expect(next.append([draft(9)])).rejects.toMatchObject({ code: "TL-4003" });
    await lead.append(drafts(4, 2));
    await until(() => followed.length === 5, "what came since");
    expect(await next.mark?.()).toEqual(await lead.mark?.());
    await until(
      () => lead.lease?.leadership().standbys.length === 1,
      "the standby, known to the leader",
      10_000,
    );
    await next.close();
    await isOver;
    expect([role(lead), followed.map(({ position }) => position)]).toEqual([
      "leads",
      [1, 2, 3, 4, 5],
    ]);
  });

  test("goes to the one that stands by when a person asks for it, with every event", async () => {
    const where = address(2);
    const { lead, next, followed, ends, isOver } = await pair(where);
    const asked = handOverLog(where, "ada");
    await until(() => ends.length > 0, "the wish, heard", 20_000);
    expect(ends).toEqual([{ kind: "handover", by: "ada" }]);
    await lead.append([draft(4)]);
    await lead.close();
    await isOver;
    expect((await asked).took_ms).toBeGreaterThan(0);
    expect([role(next), next.lease?.holds(), next.lastPosition]).toEqual(["leads", true, 4]);
    expect(followed).toHaveLength(4);
    expect((await next.append([draft(5)]))[0]?.position).toBe(5);
    expect(await next.mark?.()).toMatchObject({ position: 5 });
  }, 60_000);

  test("is written by nobody whose lease has run out, however alive he is", async () => {
    const { lead, next, ends, isOver } = await pair(address(5));
    // As if it had been frozen for longer than its lease, and woke.
    server.sql(`update pair${schemas}.lease set until = now() - interval '1 s'`);
    await isOver;
    expect(role(next)).toBe("leads");
    // Its place is still free: what refuses it is the epoch, and not the primary key.
    await expect(lead.append([draft(4, "late")])).rejects.toThrow();
    expect((await next.append([draft(4)]))[0]?.position).toBe(4);
    await until(() => ends.length > 0, "the old one's end");
    expect(ends[0]?.kind).toBe("lost");
    expect(lead.lease?.holds()).toBe(false);
  }, 60_000);

  test("is led on at once where the answer to the one that took it was lost: its own lease is not waited for", async () => {
    const cable = await Cable.to(server.port);
    const where = address(20);
    const schema = `pair${schemas}`;
    const [locker, watcher] = [new pg.Client(server.address()), new pg.Client(server.address())];
    await Promise.all([locker.connect(), watcher.connect()]);
    const { next, isOver } = await pair(where, silentLogger, atEndOf(cable, where));
    /** Whether a try to take the lease waits for its row. */
    const isTried = async (): Promise<boolean> => {
      const { rows } = await watcher.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%update ${schema}.lease%epoch + 1%'`,
      );
      return rows.length > 0;
    };
    try {
      // The one that led is no more; the row is locked, as by a commit that waits for the database's standby.
      await locker.query(
        `update ${schema}.lease set epoch = epoch + 1, until = now() + interval '2 s'`,
      );
      await locker.query(`begin; update ${schema}.lease set position = position`);
      while (!(await isTried())) await delay(20);
      cable.cut();
      const released_ms = performance.now();
      await locker.query("commit");
      await isOver;
      expect(role(next)).toBe("leads");
      expect(performance.now() - released_ms).toBeLessThan(15_000);
      // The lost try was carried out after all, and was taken over by the next one.
      const { rows } = await watcher.query(`select epoch::int from ${schema}.lease`);
      expect(rows[0]).toEqual({ epoch: 4 });
      expect((await next.append([draft(4)]))[0]?.position).toBe(4);
    } finally {
      await Promise.all([locker.end(), watcher.end()]);
      await cable.remove();
    }
  }, 90_000);

  test("is led on at once where the one that led has ended in good order", async () => {
    const { lead, next, failure, isOver } = await pair(address(60));
    await lead.close();
    await isOver;
    expect([role(next), failure()]).toEqual(["leads", undefined]);
  });

  test("is not led on where it is not the one that was followed: a server was put back to yesterday", async () => {
    const { next, failure, isOver } = await pair(address(5));
    const schema = `pair${schemas}`;
    server.sql(`delete from ${schema}.event where position > 2`);
    server.sql(`update ${schema}.lease set position = 2, until = now() - interval '1 s'`);
    await isOver;
    expect(failure()).toMatchObject({ code: "TL-4011" });
    expect(role(next)).toBe("follows");
  }, 60_000);

  test("keeps few of those that once stood by, however often one starts anew", async () => {
    const where = address(5);
    logs.push(await openEventLog({ address: where, logger: silentLogger }));
    const followers = `pair${schemas}.follower`;
    server.sql(
      `insert into ${followers} select 'process ' || k, null, 0, now() - k * interval '1 s' from generate_series(1, 500) k`,
    );
    const next = await openEventLog({ address: where, logger: silentLogger, standBy: true });
    logs.push(next);
    const isOver = (async () => {
      for await (const _ of next.follow?.(1) ?? []) expect(_).toBeDefined();
    })();
    const count = () => Number(server.sql(`select count(*) from ${followers}`));
    await until(() => count() <= 101, "all but the newest hundred, forgotten");
    expect(server.sql(`select count(*) from ${followers} where node = 'process 1'`)).toBe("1");
    await next.close();
    await isOver;
    expect(count()).toBeLessThanOrEqual(100);
  });

  test("is led on after the lease where the server's clock is behind by an hour, as a promoted one's may be", async () => {
    const { next, isOver } = await pair(address(2));
    const began_ms = performance.now();
    // The one that led is no more: nobody renews this.
    server.sql(
      `update pair${schemas}.lease set epoch = epoch + 1, until = now() + interval '1 hour'`,
    );
    await until(() => role(next) === "leads", "who follows");
    expect(performance.now() - began_ms).toBeGreaterThan(1900);
    await isOver;
    expect((await next.append([draft(4)]))[0]?.position).toBe(4);
  }, 60_000);

  test("is left to one whose lease is longer, and who renews it seldom", async () => {
    const where = address(20);
    const { lead, next } = await pair(
      where,
      silentLogger,
      where.replace("lease_s=20", "lease_s=0.5"),
    );
    await delay(4000);
    expect([role(lead), role(next)]).toEqual(["leads", "follows"]);
    expect((await lead.append([draft(4)]))[0]?.position).toBe(4);
  }, 60_000);

  describe("where nothing has come for a while", () => {
    let cable: Cable;
    beforeAll(async () => {
      cable = await Cable.to(server.port);
    });
    afterAll(() => cable.remove());
    /** One that stands by at the other end of the cable, and has rested for a while; by itself it would look once a minute. */
    async function resting() {
      const where = address(180);
      const two = await pair(where, silentLogger, atEndOf(cable, where));
      await delay(6500);
      return two;
    }

    test("it asks little, and hears at once what is written then, and that nobody leads any more", async () => {
      const { lead, next, followed, isOver } = await resting();
      const before = cable.asked;
      await delay(4000);
      expect(cable.asked - before).toBeLessThanOrEqual(1);
      await lead.append(drafts(4, 2));
      await until(() => followed.length === 5, "what came after a while", 20_000);
      await delay(6500);
      await lead.close();
      await until(() => role(next) === "leads", "who follows", 20_000);
      await isOver;
    }, 60_000);

    test("it connects anew at once where its connection has ended", async () => {
      const { lead, followed } = await resting();
      cable.cut();
      await delay(1000);
      await lead.append([draft(4)]);
      await until(() => followed.length === 4, "what came since", 20_000);
    }, 60_000);
  });

  test("cannot be handed over to nobody", async () => {
    const where = address(5);
    logs.push(await openEventLog({ address: where, logger: silentLogger }));
    await expect(handOverLog(where, "ada")).rejects.toMatchObject({ code: "TL-4010" });
    await expect(
      openEventLog({ address: "/tmp", logger: silentLogger, standBy: true }),
    ).rejects.toMatchObject({
      code: "TL-4001",
    });
    await expect(handOverLog("/tmp", "ada")).rejects.toMatchObject({ code: "TL-4001" });
  });
});
