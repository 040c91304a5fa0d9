import { spawn } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import { childEnvironment } from "../system/child-environment.ts";

/** How a child ended: its exit code, 128 + n where signal n ended it; `lost` where nobody saw it end. */
export type ChildEnd = { readonly code: number } | "lost" | "aborted";

export interface ChildTask {
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called about every quarter of a second while the child runs. */
  readonly onTick: () => void;
}

const TICK_ms = 250;
const KILL_AFTER_ms = 3000;
const BEGIN_WITHIN_ms = 30_000;
const BEGIN_POLL_ms = 20;

/**
 * Runs a program in `folder` so that it outlives us: in a session of its own, its output in `screen.txt`, its exit code
 * in `exit`, its process group in `pid`. Called again with the same folder it finds the child, or its exit code, and
 * waits on; with an aborted signal it only ends what runs. `lost`: the child is gone without an exit code (the machine went down).
 */
export async function runChild(task: ChildTask): Promise<ChildEnd> {
  const { folder, signal } = task;
  if (!existsSync(join(folder, "pid"))) {
    if (signal.aborted) return "aborted";
    await begin(task);
  }
  const group = Number(readFileSync(join(folder, "pid"), "utf8"));
  let abortedAt_ms: number | undefined;
  for (;;) {
    const code = exitCode(folder);
    if (code !== undefined) return signal.aborted ? "aborted" : { code };
    if (!isAlive(group, folder)) {
      const late = exitCode(folder);
      if (signal.aborted) return "aborted";
      return late === undefined ? "lost" : { code: late };
    }
    if (signal.aborted) {
      const now_ms = performance.now();
      const isPatient = abortedAt_ms === undefined || now_ms - abortedAt_ms < KILL_AFTER_ms;
      abortedAt_ms ??= now_ms;
      signalGroup(folder, isPatient ? "SIGTERM" : "SIGKILL");
    }
    task.onTick();
    await new Promise((resolve) => setTimeout(resolve, TICK_ms));
  }
}

/** Forgets an attempt that was lost, so that the next call begins it anew. */
export function forgetChild(folder: string): void {
  for (const name of ["pid", "exit"]) rmSync(join(folder, name), { force: true });
}

/** Signals the whole process group of the child in `folder`, if it still is that child. */
export function signalGroup(folder: string, signal: NodeJS.Signals): void {
  const group = Number(readFileSync(join(folder, "pid"), "utf8"));
  if (!isAlive(group, folder)) return;
  try {
    process.kill(-group, signal);
  } catch {
    // It ended in between: what was wanted.
  }
}

/**
 * The child itself takes the place `pid`, by a link that only one can make, before it does anything: a runner that is
 * killed between starting it and noting it finds it all the same, and a second child would leave at once.
 */
const SCRIPT =
  "echo $$ > pid.$$ && ln pid.$$ pid || { rm -f pid.$$; exit 0; }; rm -f pid.$$; " +
  '"$@" > screen.txt 2>&1; echo $? > exit.new; mv exit.new exit';

async function begin({ command, folder, environment }: ChildTask): Promise<void> {
  const child = spawn("sh", ["-c", SCRIPT, "sh", ...command], {
    cwd: folder,
    detached: true,
    stdio: "ignore",
    env: childEnvironment(environment),
  });
  let failure: Error | undefined;
  child.on("error", (error) => {
    failure = error;
  });
  child.unref();
  for (let waited_ms = 0; !existsSync(join(folder, "pid")); waited_ms += BEGIN_POLL_ms) {
    if (failure !== undefined || waited_ms > BEGIN_WITHIN_ms)
      throw new LabError("TL-7030", `No program can be started in ${folder}`, { cause: failure });
    await new Promise((resolve) => setTimeout(resolve, BEGIN_POLL_ms));
  }
}

function exitCode(folder: string): number | undefined {
  const file = join(folder, "exit");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
}

/** Alive and ours: a process number is used again after a while, its working folder tells. */
function isAlive(pid: number, folder: string): boolean {
  if (!(pid > 0)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch (error) {
    // Without /proc (macOS) the process's existence must do.
    if (existsSync("/proc/self")) return false;
    if ((error as NodeJS.ErrnoException).code === undefined) return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
}
