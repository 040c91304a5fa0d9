import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FolderLockOptions, lockFolder } from "../../../adapters/storage/folder-lock.ts";
import { bundledScript } from "../../support/bundled-script.ts";

const WITHOUT: FolderLockOptions = { helpers: [], times: { silence_ms: 400, beat_ms: 100 } };
const PERL: FolderLockOptions = {
  helpers: [
    {
      command: "perl",
      args: [
        "-MFcntl=:flock",
        "-e",
        'open(F,"+<&=3")or exit 70;exit(flock(F,LOCK_EX|LOCK_NB)?0:1)',
      ],
    },
  ],
};
const KINDS: readonly (readonly [string, FolderLockOptions])[] = [
  ["with flock(1)", {}],
  ["with Perl", PERL],
  ["without a lock of the operating system", WITHOUT],
  ["where the lock ends with its helper", { ...WITHOUT, helpers: [{ command: "true", args: [] }] }],
];

let folder = "";
let children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-lock-"));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A process that takes the folder and says so. */
async function holder(options: FolderLockOptions): Promise<ChildProcess> {
  const script = await bundledScript(join(import.meta.dirname, "lock-holder.ts"));
  const child = spawn(process.execPath, [script, folder, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

describe.each(KINDS)("the lock of a folder %s", (_, options) => {
  test("is one holder's, is free again when let go, and leaves no litter", async () => {
    const lock = await lockFolder(folder, options);
    await lock.check();
    await expect(lockFolder(folder, options)).rejects.toMatchObject({ code: "TL-4005" });
    await lock.release();
    await lock.release();
    const next = await lockFolder(folder, options);
    await next.release();
    expect(await readdir(folder)).toEqual(["tieline.lock"]);
  });

  test("of several that come at once one gets it", async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 6 }, () => lockFolder(folder, options)),
    );
    const held = all.filter((one) => one.status === "fulfilled");
    expect(held).toHaveLength(1);
    for (const one of held) await one.value.release();
  });
});

describe("a holder that ended or froze", () => {
  test.each(KINDS.slice(0, 3))("killed %s, its folder is free at once", async (_, options) => {
    const child = await holder(options);
    await expect(lockFolder(folder, options)).rejects.toMatchObject({ code: "TL-4005" });
    child.kill("SIGKILL");
    await once(child, "exit");
    // Whoever waits for a silence of eleven days does not come to an end.
    const lock = await lockFolder(folder, { ...options, times: { silence_ms: 1e9, beat_ms: 100 } });
    await lock.release();
  });

  test("seen without the lock of the operating system, one that has it keeps its folder", async () => {
    await holder({ times: { silence_ms: 400, beat_ms: 100 } });
    await expect(lockFolder(folder, WITHOUT)).rejects.toMatchObject({ code: "TL-4005" });
  });

  test("whose lease was taken writes no more", async () => {
    const lock = await lockFolder(folder, WITHOUT);
    await rm(join(folder, "tieline.lease"));
    const next = await lockFolder(folder, WITHOUT);
    await expect(lock.check()).rejects.toMatchObject({ code: "TL-4005" });
    await next.check();
    await lock.release();
    await next.check();
    await next.release();
  });
});
