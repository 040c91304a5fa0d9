import { type AddressInfo, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { connectPostgres } from "../../adapters/storage/postgres/postgres-connect.ts";
import { readPostgresAddress } from "../../adapters/storage/postgres/postgres-place.ts";
import { delay } from "../../adapters/storage/postgres/postgres-session.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { all, draft, drafts } from "./event-log-suite.ts";
import { until } from "./listener.ts";

const LEASE_s = 3;
/** After its lease has run out, a leader must be there within this. */
const TAKE_OVER_ms_max = 5000;

describe.runIf(postgresIsThere())(
  "a database's primary that is not there, or says nothing any more",
  () => {
    let primary: PostgresServer;
    let second: PostgresServer;
    const logs: EventLog[] = [];

    beforeAll(async () => {
      primary = await PostgresServer.create();
      second = await PostgresServer.follow(primary, "second");
      primary.configure(["synchronous_standby_names = 'second'"]);
      primary.reload();
    }, 120_000);
    afterEach(async () => {
      for (const log of logs.splice(0)) await log.close().catch(() => {});
    });
    afterAll(() => {
      primary?.wake();
      second?.remove();
      primary?.remove();
    });

    test("says, where only its standby is named, that this is one and what to name", async () => {
      const opened = openEventLog({
        address: second.address("?schema=copy"),
        logger: silentLogger,
      });
      await expect(opened).rejects.toMatchObject({
        code: "TL-4001",
        message: expect.stringContaining("is a standby"),
        hint: expect.stringContaining("host1,host2"),
      });
    });

    test("does not keep the one behind it in the address from being asked", async () => {
      const mute = createServer(() => {});
      await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
      try {
        const { port } = mute.address() as AddressInfo;
        const began_ms = performance.now();
        const address = primary.address("?schema=mute").replace("@", `@127.0.0.1:${port},`);
        const log = await openEventLog({ address, logger: silentLogger });
        logs.push(log);
        expect(performance.now() - began_ms).toBeLessThan(4800);
        await log.append(drafts(1, 2));
        expect(await all(log)).toHaveLength(2);
      } finally {
        mute.close();
      }
    }, 60_000);

    test("is left for the one that was promoted: the leader goes on, or who stands by leads within 5 s after the lease, and nobody writes to the old one when it is back", async () => {
      const where = primary.address(`?lease_s=${LEASE_s}&answer_s=30&patience_s=60`, second);
      const lead = await openEventLog({ address: where, logger: silentLogger });
      const next = await openEventLog({ address: where, logger: silentLogger, standBy: true });
      logs.push(lead, next);
      await lead.append(drafts(1, 3));
      const followed: LabEvent[] = [];
      const isLed = (async () => {
        for await (const event of next.follow?.(1) ?? []) followed.push(event);
      })();
      await until(() => followed.length === 3, "the events, followed", 20_000);
      primary.freeze();
      const frozen_ms = performance.now();
      const appended = lead.append([draft(4)]).then(
        () => "appended",
        () => "refused",
      );
      // Begun while nobody takes writes: what is promoted meanwhile is found though the silent one still is waited for.
      const begun = connectPostgres(readPostgresAddress(where), true);
      await delay(600);
      second.configure(["synchronous_standby_names = ''"]);
      second.promote();
      const promoted_ms = performance.now();
      const late = await begun;
      expect(late.server).toBe(`127.0.0.1:${second.port}`);
      expect(performance.now() - promoted_ms).toBeLessThan(4000);
      await late.end();
      const whoIsFirst = await Promise.race([isLed.then(() => "next"), appended]);
      expect(performance.now() - frozen_ms).toBeLessThan(1000 * LEASE_s + TAKE_OVER_ms_max);
      expect(["next", "appended"]).toContain(whoIsFirst);
      primary.wake();
      // One of the two can write, and it writes where the other sees it.
      const isAppended = (await appended) === "appended";
      if (!isAppended) await isLed;
      const writer = isAppended ? lead : next;
      const [event] = await writer.append([draft(5)]);
      expect(event?.position).toBe(isAppended ? 5 : 4);
      const there = primary.sql("select max(position) from tieline.event");
      const kept = second.sql("select max(position) from tieline.event");
      expect([there, kept]).toEqual(["3", String(event?.position)]);
      expect(await all(writer)).toHaveLength(event?.position ?? 0);
    }, 120_000);
  },
);
