import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, openSync } from "node:fs";

/** `unavailable`: this machine or file system has no such lock. */
export type OsLock = "held" | "busy" | "unavailable";

/** A program that locks the open file that it inherits as descriptor 3; it exits with 1 where somebody else has it. */
export interface LockHelper {
  readonly command: string;
  readonly args: readonly string[];
}

/** flock(1) of util-linux or BusyBox; where it is missing (macOS), Perl calls flock(2). */
const HELPERS: readonly LockHelper[] = [
  { command: "flock", args: ["-n", "3"] },
  {
    command: "perl",
    args: ["-MFcntl=:flock", "-e", 'open(F,"+<&=3")or exit 70;exit(flock(F,LOCK_EX|LOCK_NB)?0:1)'],
  },
];

const HELPER_ms = 10_000;
const BUSY = 1;

/** Disks on which a lock was seen to outlive the program that took it. */
const proven = new Set<number>();

/**
 * Takes the operating system's lock on an open file: Node cannot, but flock(2) belongs to the open file, not to the
 * process, so that a helper that inherits the descriptor takes it for us and ends. The kernel lets go when our process
 * ends, however it ends, and it sees across containers, where process numbers mean nothing.
 */
export function lockOpenFile(
  path: string,
  fd: number,
  helpers: readonly LockHelper[] = HELPERS,
): OsLock {
  for (const helper of helpers) {
    const found = run(helper, fd);
    if (found === "unavailable") continue;
    return found === "held" && !outlivesHelper(path, fd, helper) ? "unavailable" : found;
  }
  return "unavailable";
}

/** Some file systems give such locks to the process: the helper's end would end it unseen. */
function outlivesHelper(path: string, fd: number, helper: LockHelper): boolean {
  const { dev } = fstatSync(fd);
  if (proven.has(dev)) return true;
  const other = openSync(path, "r+");
  try {
    if (run(helper, other) !== "busy") return false;
    proven.add(dev);
    return true;
  } finally {
    closeSync(other);
  }
}

function run({ command, args }: LockHelper, fd: number): OsLock {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", "ignore", "ignore", fd],
    timeout: HELPER_ms,
    // It needs to be found, and nothing else of ours.
    env: { PATH: process.env["PATH"] },
  });
  if (error !== undefined || status === null) return "unavailable";
  if (status === 0) return "held";
  return status === BUSY ? "busy" : "unavailable";
}
