import { type FileHandle, mkdir, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import { type Lease, type LeaseTimes, startOf, takeLease } from "./lease.ts";
import { type LockHelper, lockOpenFile } from "./os-lock.ts";

const LOCK_FILE = "tieline.lock";
const LEASE_FILE = "tieline.lease";
const ATTEMPTS_MAX = 10;

export interface FolderLock {
  /** Throws TL-4005 where the folder is no longer ours; asked before each write. */
  check(): Promise<void>;
  release(): Promise<void>;
}

export interface FolderLockOptions {
  /** What uses the folder, for the error's text; `daemon` by default. */
  readonly who?: string | undefined;
  /** For tests: other helpers, none (no lock of the operating system), other times. */
  readonly helpers?: readonly LockHelper[] | undefined;
  readonly times?: LeaseTimes | undefined;
}

interface Held {
  readonly folder: string;
  readonly file: FileHandle;
  readonly lease: Lease;
  readonly who: string | undefined;
}

/**
 * One writer a data folder, also across containers that share it: the operating system's lock on an open file where
 * there is one, and a beating lease that everybody takes. TL-4005 in use, TL-4001 cannot be used.
 */
export async function lockFolder(
  folder: string,
  options: FolderLockOptions = {},
): Promise<FolderLock> {
  let file: FileHandle | undefined;
  try {
    await mkdir(folder, { recursive: true });
    const locked = await lockFile(folder, options);
    file = locked.file;
    await refuseOlderProgram(file, folder, options.who);
    const lease = await takeLease(join(folder, LEASE_FILE), locked.isLocked, options.times);
    if (lease === undefined) throw inUse(folder, options.who);
    await rename(file, `${process.pid} ${startOf(process.pid)}`);
    return holding({ folder, file, lease, who: options.who });
  } catch (error) {
    await file?.close().catch(() => {});
    if (error instanceof LabError) throw error;
    const why = (error as Error).message;
    throw new LabError("TL-4001", `The data folder ${folder} cannot be used (${why})`, {
      cause: error,
    });
  }
}

function holding({ folder, file, lease, who = "daemon" }: Held): FolderLock {
  let released = false;
  return {
    check: async () => {
      if (!(await lease.isMine())) {
        throw new LabError("TL-4005", `Another ${who} has taken the data folder ${folder}`);
      }
    },
    release: async () => {
      if (released) return;
      released = true;
      await lease.release();
      await rename(file, "").catch(() => {});
      await file.close().catch(() => {});
    },
  };
}

/** Opens and locks the file that the folder's name stands for; it stays when it is let go, for who waits has it open. */
async function lockFile(
  folder: string,
  { helpers, who }: FolderLockOptions,
): Promise<{ readonly file: FileHandle; readonly isLocked: boolean }> {
  const path = join(folder, LOCK_FILE);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const file = await open(path, "a+").then(async (made) => {
      await made.close();
      return await open(path, "r+");
    });
    const found = lockOpenFile(path, file.fd, helpers);
    if (found === "busy") {
      await file.close();
      throw inUse(folder, who);
    }
    // An older program removes the file when it ends: then what we have locked is nobody's.
    const [named, held] = await Promise.all([stat(path).catch(() => undefined), file.stat()]);
    if (named?.ino === held.ino) return { file, isLocked: found === "held" };
    await file.close();
  }
  throw inUse(folder, who);
}

/** Programs before 0.2 know only this file's text, process number and start; those of this machine are seen by it. */
async function refuseOlderProgram(
  file: FileHandle,
  folder: string,
  who: string | undefined,
): Promise<void> {
  const text = await readFile(file, "utf8");
  const [pid = "", started = ""] = text.split(" ");
  const isOther = /^\d+$/.test(pid) && Number(pid) !== process.pid;
  if (isOther && started !== "" && startOf(Number(pid)) === started) throw inUse(folder, who, pid);
}

async function rename(file: FileHandle, name: string): Promise<void> {
  await file.truncate(0);
  await file.write(name, 0);
}

function inUse(folder: string, who = "daemon", pid?: string): LabError {
  const which = pid === undefined ? "" : ` (process ${pid})`;
  return new LabError("TL-4005", `Another ${who}${which} uses the data folder ${folder}`);
}
