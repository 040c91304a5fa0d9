import {
  appendFile,
  type FileHandle,
  mkdtemp,
  open,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LOG_FILE, openFileEventLog } from "../../../adapters/storage/file-event-log.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { EventDraft } from "../../../src/events/lab-event.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-disk-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const draft = (n: number): EventDraft => ({
  time_ms: n,
  fact: { type: "timer.fired", timerId: `t${n}` },
});
const openLog = () => openFileEventLog({ folder, logger: silentLogger });

/** What every open file does when it is told to sync. */
async function syncOfFiles(): Promise<Pick<FileHandle, "datasync">> {
  const handle = await open(join(folder, "any"), "w");
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

test("a group is on disk before its append resolves: one that the disk does not take is TL-4003 for ever", async () => {
  const log = await openLog();
  const sync = vi.spyOn(await syncOfFiles(), "datasync");
  await log.append([draft(1), draft(2)]);
  expect(sync.mock.calls.length).toBeGreaterThan(0);
  sync.mockRejectedValue(Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" }));
  await expect(log.append([draft(3)])).rejects.toMatchObject({ code: "TL-4003" });
  sync.mockRestore();
  await expect(log.append([draft(4)])).rejects.toMatchObject({ code: "TL-4003" });
  await log.close();
});

test("what a disk changes while the log is open is found when it is read", async () => {
  const log = await openLog();
  await log.append([draft(1)]);
  await log.append([draft(2)]);
  const path = join(folder, LOG_FILE);
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("t1", "t7"));
  const reading = async (): Promise<void> => {
    for await (const _ of log.read());
  };
  await expect(reading()).rejects.toMatchObject({ code: "TL-4004" });
  await log.close();
});

test("a whole line of a newer program is TL-4002, not read as if it were of this one", async () => {
  const log = await openLog();
  await log.append([draft(1)]);
  await log.close();
  const path = join(folder, LOG_FILE);
  const before = /"crc":"([0-9a-f]{8})"\}\n$/.exec(await readFile(path, "utf8"))?.[1] ?? "";
  const body = '{"p":2,"g":2,"t":1,"v":99,"fact":{"type":"new"}';
  const crc = crc32(before + body)
    .toString(16)
    .padStart(8, "0");
  await appendFile(path, `${body},"crc":"${crc}"}\n`);
  await expect(openLog()).rejects.toMatchObject({ code: "TL-4002" });
});

test("a folder that another program has taken is written on no more", async () => {
  const log = await openLog();
  await log.append([draft(1)]);
  const before = await readFile(join(folder, LOG_FILE), "utf8");
  await rm(join(folder, "tieline.lease"));
  await expect(log.append([draft(2)])).rejects.toMatchObject({ code: "TL-4005" });
  expect(await readFile(join(folder, LOG_FILE), "utf8")).toBe(before);
  await log.close();
});

test("a file that somebody else has written to is written on no more", async () => {
  const log = await openLog();
  await log.append([draft(1)]);
  const path = join(folder, LOG_FILE);
  await appendFile(path, "somebody's line\n");
  await expect(log.append([draft(2)])).rejects.toMatchObject({ code: "TL-4005" });
  expect(await readFile(path, "utf8")).toMatch(/somebody's line\n$/);
  await log.close();
});
