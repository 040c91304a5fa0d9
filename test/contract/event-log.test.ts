import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MARK_FILE } from "../../adapters/storage/acknowledged-mark.ts";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import {
  addressForms,
  EVENT_LOGS,
  fullAddress,
  openEventLog,
  shownAddress,
} from "../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { describeEventLog, type LogHouse } from "./event-log-suite.ts";

let count = 0;

const memory: LogHouse = {
  name: "memory:",
  fresh: async () => ({ address: `memory:suite-${++count}`, remove: async () => {} }),
  without: {
    plantNewer: "no version of Tieline outlives its memory",
    tear: "a group is added at once",
    damage: "nothing else reaches it",
    breakWrites: "adding to a list does not fail",
  },
};

/** A small disk that can be filled to the brim: needs the right to mount. */
function mount(folder: string): boolean {
  const options = ["-t", "tmpfs", "-o", "size=16m", "tieline-suite", folder];
  return spawnSync("mount", options).status === 0;
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "tieline-suite-"));
  const mounted = mount(folder);
  if (mounted) spawnSync("umount", [folder]);
  rmdirSync(folder);
  return mounted;
}

const canMount = mayMount();

const file: LogHouse = {
  name: "file:",
  fresh: async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieline-suite-"));
    const path = join(folder, LOG_FILE);
    if (canMount) mount(folder);
    return {
      address: `file:${folder}`,
      plantNewer: () => appendFile(path, '{"p":3,"g":3,"t":1,"v":99,"fact":{"type":"new"}}\n'),
      // As after a death before the sync: the mark knows nothing of it.
      tear: async () => {
        const { length } = await readFile(path);
        const mark = await readFile(join(folder, MARK_FILE));
        const log = await openEventLog({ address: folder, logger: silentLogger });
        await log.append([
          { time_ms: 1, fact: { type: "timer.fired", timerId: "torn" } },
          { time_ms: 2, fact: { type: "timer.fired", timerId: "torn too" } },
        ]);
        await log.close();
        const whole = await readFile(path);
        await writeFile(path, whole.subarray(0, length + 20));
        await writeFile(join(folder, MARK_FILE), mark);
      },
      damage: async (position) => {
        const lines = (await readFile(path, "utf8")).split("\n");
        lines[position - 1] = lines[position - 1]?.replace("timer", "tImer") ?? "";
        await writeFile(path, lines.join("\n"));
      },
      // A real full disk, but for 64 kB: the write that fails is taken in part.
      breakWrites: async () => {
        const ballast = join(folder, "ballast");
        await writeFile(ballast, "-".repeat(20_000_000)).catch(() => {});
        await truncate(ballast, (await stat(ballast)).size - 65_536);
        return () => rm(ballast);
      },
      remove: async () => {
        if (canMount) spawnSync("umount", [folder]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
  ...(canMount ? {} : { without: { breakWrites: "no right to mount a small tmpfs" } }),
};

/** A further backend stands here with its house. */
const HOUSES = [memory, file];

describe.each(HOUSES)("the event log at $name", describeEventLog);

describe("the door to event logs", () => {
  test("every backend of the list has a scheme of its own and runs the suite", () => {
    // PostgreSQL's house stands in postgres-event-log.test.ts.
    const tested = [...HOUSES.map(({ name }) => name.replace(":", "")), "postgres"];
    expect(EVENT_LOGS.map((one) => one.scheme).sort()).toEqual(tested.sort());
  });

  test("docs/event-log.md tells each", async () => {
    const page = await readFile(join(import.meta.dirname, "../../docs/event-log.md"), "utf8");
    for (const { form, words } of EVENT_LOGS) expect(page).toContain(`| \`${form}\` | ${words} |`);
  });

  test("a plain folder is a file's address, also where it looks like a drive", () => {
    expect(fullAddress("/lab/data")).toBe("file:/lab/data");
    expect(fullAddress("C:\\lab")).toMatch(/^file:/);
    expect(fullAddress("memory:")).toBe("memory:");
    expect(shownAddress("file:/lab/data")).toBe("/lab/data");
  });

  test("an unknown address is TL-4001, names those that there are, and shows no password", async () => {
    const opening = openEventLog({ address: "tape://me:secret@attic/7", logger: silentLogger });
    await expect(opening).rejects.toMatchObject({
      code: "TL-4001",
      message: "tape://me:***@attic/7 is no address of an event log",
      hint: `Write one of ${addressForms()}.`,
    });
  });
});
