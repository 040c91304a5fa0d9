import { mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.ts";

const LOCK_FILE = "tieline.lock";

/**
 * One user a folder: a daemon its data, a gateway its journal. The lock names its process by pid and start time, so that a lock that a killed daemon
 * left behind, or a pid that another program has taken over, does not keep the next one out. TL-4005, TL-4001.
 */
export async function lockFolder(folder: string, user = "daemon"): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  try {
    await mkdir(folder, { recursive: true });
    const mine = await nameOf(process.pid);
    for (let attempt = 0; ; attempt++) {
      const holder = await tryLock(path, mine);
      if (holder === undefined) break;
      const pid = Number(holder.split(" ")[0]);
      if (attempt > 1 || (await isAlive(pid, holder))) {
        throw new LabError("TL-4005", `Another ${user} (process ${pid}) uses the folder ${folder}`);
      }
      await unlink(path).catch(() => {});
    }
  } catch (error) {
    if (error instanceof LabError) throw error;
    const why = (error as Error).message;
    throw new LabError("TL-4001", `The folder ${folder} cannot be used (${why})`, {
      cause: error,
    });
  }
  return async () => void (await unlink(path).catch(() => {}));
}

/** Writes the lock, or returns what stands in it. */
async function tryLock(path: string, name: string): Promise<string | undefined> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(name);
    await file.close();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return await readFile(path, "utf8").catch(() => "0 gone");
  }
}

async function isAlive(pid: number, name: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return (await nameOf(pid)) === name;
}

/** pid and, where the system tells, its start time. */
async function nameOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return `${pid} ${startTime}`;
}
