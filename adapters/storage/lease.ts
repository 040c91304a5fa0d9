import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { type FileHandle, link, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A lease whose holder was not heard of for so long is free, ms. */
const SILENCE_ms = 10_000;
const BEAT_ms = 2_000;
const ATTEMPTS_MAX = 5;
/** Length of a lease, bytes: each beat overwrites it in place. */
const LEASE_BYTES = 256;

/** Who holds a folder, as it stands in the lease. */
interface Holder {
  readonly nonce: string;
  /** True where the operating system's lock is held as well: who has that lock now knows that this holder is gone. */
  readonly locks: boolean;
  readonly pid: number;
  readonly started: string;
  /** Process numbers mean something to those of the same boot and namespace only. */
  readonly place: string;
  readonly beat: number;
}

export interface Lease {
  /** Whether it is still ours: another may have taken it while this process was frozen. */
  isMine(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LeaseTimes {
  readonly silence_ms: number;
  readonly beat_ms: number;
}

/**
 * A file beside the log that says who holds the folder and that beats while the holder lives: what keeps writers apart
 * where there is no lock of the operating system, and what somebody without it sees of one who has it. Made by link(2)
 * and taken over by rename(2), which one of several can do. `undefined` where another holds it.
 */
export async function takeLease(
  path: string,
  locks: boolean,
  times: LeaseTimes = { silence_ms: SILENCE_ms, beat_ms: BEAT_ms },
): Promise<Lease | undefined> {
  const nonce = randomUUID();
  const mine: Holder = {
    nonce,
    locks,
    pid: process.pid,
    started: startOf(process.pid),
    place: placeOf(),
    beat: 0,
  };
  const own = `${path}.${nonce}`;
  const file = await open(own, "wx+");
  try {
    await write(file, mine);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (await claim(own, path)) return await beating(path, file, mine, times);
      if (!(await clear(path, mine, times))) break;
    }
    await file.close();
    return undefined;
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  } finally {
    await unlink(own).catch(() => {});
  }
}

async function claim(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Takes a lease that nobody holds any more out of the way; false where somebody holds it. */
async function clear(
  path: string,
  mine: Holder,
  { silence_ms, beat_ms }: LeaseTimes,
): Promise<boolean> {
  const found = await read(path);
  if (found === "") return true;
  if (!isKnownDead(parse(found), mine)) {
    // Times of other machines mean nothing: what counts is whether it changes while we watch.
    for (let waited = 0; waited < silence_ms; waited += beat_ms / 2) {
      await sleep(beat_ms / 2);
      if ((await read(path)) !== found) return false;
    }
  }
  const aside = `${path}.stale.${mine.nonce}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  // Between the look and the rename somebody else may have taken over: then theirs goes back.
  const isStale = (await read(aside)) === found;
  if (!isStale) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
  return isStale;
}

function isKnownDead(holder: Holder | undefined, mine: Holder): boolean {
  if (holder === undefined) return false;
  if (holder.place !== "" && holder.place === mine.place) return !isRunning(holder);
  return holder.locks && mine.locks;
}

function isRunning({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // Where the system tells no start (macOS), the number has to do.
  return started === "" || startOf(pid) === started;
}

async function beating(
  path: string,
  file: FileHandle,
  holder: Holder,
  { beat_ms }: LeaseTimes,
): Promise<Lease> {
  // Which file is held open never changes: asked once, and not before every write.
  const held = await file.stat();
  let beat = 0;
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beat += 1;
    // A beat that cannot be written (full disk) is no reason to stop: the check before each write decides.
    last = last.then(() => write(file, { ...holder, beat })).catch(() => {});
  }, beat_ms).unref();
  const isMine = async (): Promise<boolean> => {
    const named = await stat(path).catch(() => undefined);
    return named !== undefined && named.ino === held.ino && named.dev === held.dev;
  };
  return {
    isMine,
    release: async () => {
      clearInterval(timer);
      await last;
      if (await isMine().catch(() => false)) await unlink(path).catch(() => {});
      await file.close().catch(() => {});
    },
  };
}

async function write(file: FileHandle, holder: Holder): Promise<void> {
  await file.write(
    Buffer.from(`${JSON.stringify(holder).padEnd(LEASE_BYTES - 1)}\n`),
    0,
    LEASE_BYTES,
    0,
  );
}

async function read(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Boot and process namespace of this process; empty where the system does not tell. */
function placeOf(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/**
 * When a process started, in the system's own ticks: a number that was given again is another process. Empty where it has
 * ended, though its parent has not asked for it yet, or where the system does not tell.
 */
export function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
