import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MARK_FILE } from "../../../adapters/storage/acknowledged-mark.ts";
import { LOG_FILE, openFileEventLog } from "../../../adapters/storage/file-event-log.ts";
import { type Logger, silentLogger } from "../../../src/core/logger.ts";
import type { EventLog } from "../../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../../src/events/lab-event.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-log-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const logFile = (): string => join(folder, LOG_FILE);
const draft = (n: number, text = "x"): EventDraft => ({
  time_ms: 1000 + n,
  fact: { type: "timer.fired", timerId: `${text}/é${n}` },
});
const drafts = (from: number, count: number, text?: string): EventDraft[] =>
  Array.from({ length: count }, (_, k) => draft(from + k, text));

async function all(log: EventLog, from?: number): Promise<LabEvent[]> {
  const events: LabEvent[] = [];
  for await (const event of log.read(from)) events.push(event);
  return events;
}

/** Opens the folder's log, does something with it and closes it. */
async function withLog<T>(use: (log: EventLog) => Promise<T>, logger = silentLogger): Promise<T> {
  const log = await openFileEventLog({ folder, logger });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

/** Appends a group that nobody is told about: the process dies before the mark moves. */
async function appendUnacknowledged(group: readonly EventDraft[]): Promise<Buffer> {
  const mark = await readFile(join(folder, MARK_FILE));
  await withLog((log) => log.append(group));
  await writeFile(join(folder, MARK_FILE), mark);
  return mark;
}

/** A logger that keeps its warnings. */
function listening(): { readonly logger: Logger; readonly warnings: string[] } {
  const warnings: string[] = [];
  return { logger: { ...silentLogger, warn: (_, event) => warnings.push(event) }, warnings };
}

// What every backend does is in test/contract/event-log-suite.ts; here is what only the file knows.
describe("the event log on a disk", () => {
  test("reads lines that are longer than a chunk and cross its border", async () => {
    await withLog(async (log) => {
      await log.append(drafts(1, 3, "y".repeat(200_001)));
      expect((await all(log)).map((event) => event.position)).toEqual([1, 2, 3]);
    });
  });

  test("a torn end is cut off at whatever byte, with a warning, and nothing before it is lost", async () => {
    await withLog((log) => log.append(drafts(1, 3)));
    const kept = (await readFile(logFile())).length;
    const mark = await appendUnacknowledged(drafts(4, 2));
    const whole = await readFile(logFile());
    for (let length = kept; length <= whole.length; length += length % 40 < 38 ? 5 : 1) {
      await writeFile(logFile(), whole.subarray(0, length));
      await writeFile(join(folder, MARK_FILE), mark);
      const { logger, warnings } = listening();
      const events = await withLog(async (log) => {
        await log.append([draft(99)]);
        return await all(log);
      }, logger);
      const survivors = whole.subarray(kept, length).filter((byte) => byte === 10).length;
      expect(events.map((event) => event.position)).toEqual(
        Array.from({ length: 4 + survivors }, (_, k) => k + 1),
      );
      expect(events.slice(0, 3)).toEqual(drafts(1, 3).map((d, k) => ({ position: k + 1, ...d })));
      const isTorn = length > kept && whole[length - 1] !== 10;
      expect(warnings.length, `cut at byte ${length}`).toBe(isTorn ? 1 : 0);
    }
    expect((await readdir(folder)).some((name) => name.includes("torn-after"))).toBe(true);
  });

  test("a last group that reached the disk in pieces (a hole of zeros) is a torn end", async () => {
    await withLog((log) => log.append(drafts(1, 2)));
    const kept = (await readFile(logFile())).length;
    await appendUnacknowledged(drafts(3, 3));
    const whole = await readFile(logFile());
    whole.fill(0, kept + 10, kept + 40);
    await writeFile(logFile(), whole);
    const { logger, warnings } = listening();
    expect(await withLog(async (log) => log.lastPosition, logger)).toBe(2);
    expect(warnings).toHaveLength(1);
  });

  test("looking only (export, replay) recovers, locks and writes nothing", async () => {
    await withLog((log) => log.append(drafts(1, 2)));
    await appendFile(logFile(), "half a line");
    const before = await readFile(logFile());
    await withLog(async () => {
      await writeFile(logFile(), before);
      const log = await openFileEventLog({ folder, logger: silentLogger, readOnly: true });
      expect(await all(log)).toHaveLength(2);
      await expect(log.append([draft(3)])).rejects.toMatchObject({ code: "TL-4003" });
      await log.close();
    });
    expect(await readFile(logFile())).toEqual(before);
  });
});

describe("what the event log refuses, in one clear line", () => {
  const opening = () => openFileEventLog({ folder, logger: silentLogger });

  test("damage before its end is TL-4004, and the file stays as it was", async () => {
    await withLog(async (log) => {
      for (let n = 1; n <= 4; n++) await log.append([draft(n)]);
    });
    const good = await readFile(logFile());
    const secondLine = good.indexOf(10) + 1;
    for (let at = secondLine; at < good.indexOf(10, secondLine); at += 7) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      await writeFile(logFile(), bad);
      await expect(opening(), `byte ${at}`).rejects.toMatchObject({ code: "TL-4004" });
      expect(await readFile(logFile())).toEqual(bad);
    }
  });

  test("a line that is missing or moved is TL-4004", async () => {
    await withLog(async (log) => {
      for (let n = 1; n <= 4; n++) await log.append([draft(n)]);
    });
    const [a, b, c, d] = (await readFile(logFile(), "utf8")).split("\n");
    await writeFile(logFile(), `${[a, c, d].join("\n")}\n`);
    await expect(opening()).rejects.toMatchObject({ code: "TL-4004" });
    await writeFile(logFile(), `${[a, c, b, d].join("\n")}\n`);
    await expect(opening()).rejects.toMatchObject({ code: "TL-4004" });
  });

  test("a newer version is TL-4002, whether or not its checksum can be read", async () => {
    await withLog((log) => log.append(drafts(1, 1)));
    await appendFile(logFile(), '{"p":2,"g":2,"t":1,"v":99,"fact":{"type":"new"},"check":"?"}\n');
    const before = await readFile(logFile());
    await expect(opening()).rejects.toMatchObject({ code: "TL-4002" });
    expect(await readFile(logFile())).toEqual(before);
  });

  test("a second daemon on one folder is TL-4005; the first goes on, and its lock ends with it", async () => {
    await withLog(async (log) => {
      await expect(opening()).rejects.toMatchObject({ code: "TL-4005" });
      await log.append([draft(1)]);
    });
    await withLog(async (log) => expect(log.lastPosition).toBe(1));
  });

  test("a lock that a killed daemon left behind keeps nobody out", async () => {
    const ended = spawnSync(process.execPath, ["-e", ""]).pid;
    for (const left of [`${ended} 12345`, `${process.pid} 1`, "", "nonsense"]) {
      await writeFile(join(folder, "tieline.lock"), left);
      await withLog((log) => log.append([draft(1)]));
    }
    await withLog(async (log) => expect(log.lastPosition).toBe(4));
  });

  test("a data folder that is a file is TL-4001", async () => {
    const path = join(folder, "file");
    await writeFile(path, "");
    await expect(openFileEventLog({ folder: path, logger: silentLogger })).rejects.toMatchObject({
      code: "TL-4001",
    });
  });
});

describe("a full disk", () => {
  test("is TL-4003, says so again at the next append, and loses nothing that was acknowledged", async () => {
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tieline-test", folder]);
    if (mount.status !== 0) {
      console.warn("a full disk is not tested: no right to mount a small tmpfs on this machine");
      return;
    }
    try {
      const acknowledged: LabEvent[] = [];
      await withLog(async (log) => {
        const fill = async (): Promise<void> => {
          for (let n = 1; ; n++)
            acknowledged.push(...(await log.append([draft(n, "z".repeat(500))])));
        };
        await expect(fill()).rejects.toMatchObject({
          code: "TL-4003",
          message: expect.stringContaining("disk is full"),
        });
        await expect(log.append([draft(0)])).rejects.toMatchObject({ code: "TL-4003" });
        expect(await all(log)).toEqual(acknowledged);
      });
      expect(acknowledged.length).toBeGreaterThan(20);
      const { logger, warnings } = listening();
      expect(await withLog(all, logger)).toEqual(acknowledged);
      expect(warnings).toEqual([]);
    } finally {
      spawnSync("umount", [folder]);
    }
  });
});
