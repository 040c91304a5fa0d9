import {
  appendFile,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MARK_FILE } from "../../../adapters/storage/acknowledged-mark.ts";
import { LOG_FILE, openFileEventLog } from "../../../adapters/storage/file-event-log.ts";
import { type Logger, silentLogger } from "../../../src/core/logger.ts";
import type { EventLog } from "../../../src/events/event-log.ts";
import { all, draft, drafts } from "../../contract/event-log-suite.ts";

let folder = "";
let said: string[] = [];
const path = (): string => join(folder, LOG_FILE);
const logger: Logger = {
  ...silentLogger,
  warn: (_, words) => void said.push(`warn ${words}`),
  error: (_, words) => void said.push(`error ${words}`),
};

beforeEach(async () => {
  said = [];
  folder = await mkdtemp(join(tmpdir(), "tieline-loss-"));
  const log = await open();
  await log.append(drafts(1, 3));
  await log.append(drafts(4, 2));
  await log.close();
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (options: { readOnly?: boolean; acceptLoss?: boolean } = {}): Promise<EventLog> =>
  openFileEventLog({ folder, logger, ...options });

/** Changes the file behind the log's back. */
async function change(how: (bytes: Buffer) => Buffer): Promise<Buffer> {
  const changed = how(await readFile(path()));
  await writeFile(path(), changed);
  return changed;
}

const flipInLastLine = (bytes: Buffer): Buffer => {
  const at = bytes.length - 60;
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  return bytes;
};
const withoutLines =
  (count: number) =>
  (bytes: Buffer): Buffer => {
    const lines = bytes.toString("utf8").trimEnd().split("\n");
    return Buffer.from(`${lines.slice(0, lines.length - count).join("\n")}\n`);
  };

describe("what was acknowledged is missed aloud", () => {
  test.each([
    ["a flipped bit in the last group", flipInLastLine, "event 5 is damaged"],
    ["a last line that is gone", withoutLines(1), "event 5 is missing"],
    ["a last group that is gone", withoutLines(2), "events 4 to 5 are missing"],
    ["half a last line", (b: Buffer) => b.subarray(0, b.length - 30), "event 5 is damaged"],
    ["an empty file", () => Buffer.alloc(0), "events 1 to 5 are missing"],
  ])("%s is TL-4007, and the file stays as it was", async (_, how, words) => {
    const changed = await change(how);
    for (let k = 0; k < 2; k++) {
      await expect(open()).rejects.toMatchObject({
        code: "TL-4007",
        message: expect.stringContaining(words),
      });
    }
    expect(await readFile(path())).toEqual(changed);
    expect(said).toEqual([]);
  });

  test("the whole file gone is TL-4007 as well: a log is never begun anew in silence", async () => {
    await rm(path());
    await expect(open()).rejects.toMatchObject({ code: "TL-4007" });
  });

  test("after a death without a seal it is noticed too", async () => {
    const log = await open();
    await log.append(drafts(6, 1));
    await copyFile(join(folder, MARK_FILE), join(folder, "mark"));
    await log.close();
    await rename(join(folder, "mark"), join(folder, MARK_FILE));
    await change(withoutLines(1));
    await expect(open()).rejects.toMatchObject({ code: "TL-4007" });
  });

  test("a mark that was half written does not count: the one before it does", async () => {
    const marks = await readFile(join(folder, MARK_FILE), "latin1");
    const newest = marks.lastIndexOf("\n", marks.indexOf('"sealed":true')) + 1;
    const torn = marks.slice(newest).replace('"position":5', '"position":9');
    expect(torn).not.toBe(marks.slice(newest));
    await writeFile(join(folder, MARK_FILE), marks.slice(0, newest) + torn, "latin1");
    const log = await open();
    expect(log.lastPosition).toBe(5);
    await log.close();
    expect(said).toEqual([]);
  });

  test("who only looks is told, and sees what is there", async () => {
    await change(flipInLastLine);
    const log = await open({ readOnly: true });
    expect(await all(log)).toHaveLength(4);
    await log.close();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("error eventLog.acknowledgedLost");
  });

  test("a person may go on without it: the loss is told, the damaged end is kept, and it is asked once", async () => {
    await change(flipInLastLine);
    const log = await open({ acceptLoss: true });
    expect(log.loss).toEqual({ after: 4, through: 5 });
    await log.append([draft(9)]);
    await log.close();
    expect(said.join()).toContain("error eventLog.acknowledgedLost");
    expect(said.join()).not.toContain("nothing");
    expect((await readdir(folder)).some((name) => name.includes("torn-after-4"))).toBe(true);
    const again = await open();
    expect(again.loss).toBeUndefined();
    expect((await all(again)).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    await again.close();
  });

  test("another log of the same length is not the one that was acknowledged", async () => {
    const kept = await readFile(join(folder, MARK_FILE));
    await rm(path());
    await rm(join(folder, MARK_FILE));
    const other = await open();
    await other.append(drafts(11, 5));
    await other.close();
    await writeFile(join(folder, MARK_FILE), kept);
    await expect(open()).rejects.toMatchObject({
      code: "TL-4007",
      message: expect.stringContaining("event 5 is another"),
    });
  });
});

describe("what was not acknowledged, or not known to be, is cut off in true words", () => {
  test("half a write behind the last acknowledged group", async () => {
    await appendFile(path(), '{"p":6,"g":6,"t":1,"v":1,"fa');
    const log = await open();
    expect(log.lastPosition).toBe(5);
    await log.close();
    expect(said).toEqual([expect.stringMatching(/warn .*it was never acknowledged/)]);
  });

  test("a log of an older program, without a mark, opens, and the words promise nothing", async () => {
    await rm(join(folder, MARK_FILE));
    await change(flipInLastLine);
    const log = await open();
    expect(log.lastPosition).toBe(4);
    await log.close();
    expect(said).toEqual([expect.stringMatching(/warn .*no mark beside the log/)]);
  });

  test("one damaged place of the mark leaves the other, at most one group older", async () => {
    const mark = await readFile(join(folder, MARK_FILE));
    for (const slot of [0, 1]) {
      const half = Buffer.from(mark).fill(0, slot * 256, slot * 256 + 256);
      await writeFile(join(folder, MARK_FILE), half);
      const bytes = await readFile(path());
      await change(withoutLines(5));
      await expect(open()).rejects.toMatchObject({ code: "TL-4007" });
      await writeFile(path(), bytes);
    }
  });
});

describe("another writer, however it came there", () => {
  test("lines that somebody else appended end it before the next write: TL-4005", async () => {
    const log = await open();
    await appendFile(path(), "hello\n");
    await expect(log.append([draft(6)])).rejects.toMatchObject({ code: "TL-4005" });
    await expect(log.append([draft(7)])).rejects.toMatchObject({ code: "TL-4005" });
    await log.close();
    expect((await readFile(path(), "utf8")).endsWith("hello\n")).toBe(true);
  });

  test("a file that was cut short, moved or replaced ends it too", async () => {
    for (const how of ["cut", "moved", "replaced"]) {
      const bytes = await readFile(path());
      const log = await open();
      if (how === "cut") await writeFile(path(), bytes.subarray(0, 10));
      else await rename(path(), `${path()}.away`);
      if (how === "replaced") await writeFile(path(), bytes);
      await expect(log.append([draft(6)]), how).rejects.toMatchObject({ code: "TL-4005" });
      await log.close();
      await rm(path(), { force: true });
      await writeFile(path(), bytes);
    }
  });
});
