import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DeviceJob } from "../../gateway/index.ts";
import { writeWhole } from "../../system/write-whole.ts";

/** What is known of the run of one job; kept in the job's folder over kills of the gateway. */
export interface OwnRun {
  readonly jobId: string;
  readonly attempt: number;
  readonly folder: string;
  /** The server's start time when it was told. */
  readonly boot: string;
  readonly told_ms: number;
  /** The unit was seen running it. */
  readonly seen: boolean;
  /** The device's name for the run; absent until it has answered. */
  readonly runId?: string | undefined;
}

export function writeOwnRun(own: OwnRun): void {
  mkdirSync(own.folder, { recursive: true });
  writeWhole(join(own.folder, "run.json"), JSON.stringify(own));
}

/** `undefined`: the device was never told. */
export function readOwnRun({ folder }: Pick<DeviceJob, "folder">): OwnRun | undefined {
  try {
    const own = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as OwnRun;
    return { ...own, folder };
  } catch {
    return undefined;
  }
}

/** The device has refused it: it was never begun. */
export function forgetOwnRun({ folder }: Pick<OwnRun, "folder">): void {
  rmSync(join(folder, "run.json"), { force: true });
}
