import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { copyLog } from "../../src/replay/copy-log.ts";
import { tieline } from "../support/command-line.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { all, drafts } from "./event-log-suite.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-copy-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const logger = silentLogger;

async function filled(name: string, count: number): Promise<string> {
  const address = join(folder, name);
  const log = await openEventLog({ address, logger });
  for (let n = 1; n <= count; n += 7) await log.append(drafts(n, Math.min(7, count - n + 1)));
  await log.close();
  return address;
}

test("a copy is read back, one that was cut goes on, another log is not touched", async () => {
  const from = await filled("from", 2500);
  const to = join(folder, "to");
  const half = await openEventLog({ address: to, logger });
  await half.append(drafts(1, 1200));
  await half.close();
  expect(await copyLog({ from, to, logger })).toMatchObject({ events: 2500 });
  const other = await filled("other", 3);
  const before = await readFile(join(other, "events.jsonl"));
  await writeFile(join(folder, "note"), "");
  const log = await openEventLog({ address: other, logger });
  await log.append(drafts(99, 1));
  await log.close();
  await expect(copyLog({ from, to: other, logger })).rejects.toMatchObject({ code: "TL-4008" });
  expect((await readFile(join(other, "events.jsonl"))).subarray(0, before.length)).toEqual(before);
});

describe.runIf(postgresIsThere())(`between a folder and PostgreSQL`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.create();
  });
  afterAll(() => server?.remove());

  test("there and back by the command line: the same events", async () => {
    const from = await filled("round", 1500);
    const database = server.address("?schema=moved");
    const there = await tieline("log", "copy", "--from", from, "--to", database, "--json");
    expect(there).toMatchObject({ code: 0 });
    const back = await tieline("log", "copy", "--from", database, "--to", join(folder, "back"));
    expect(back.out).toMatch(/^1500 events copied to .*back and read back: the same/);
    const [one, two] = await Promise.all(
      [from, join(folder, "back")].map(async (address) =>
        all(await openEventLog({ address, logger, readOnly: true })),
      ),
    );
    expect(two).toEqual(one);
  });
});
