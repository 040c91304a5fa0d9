import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Parameters } from "../../../src/domain/candidate.ts";
import {
  createTaskDevice,
  type Device,
  type DeviceResult,
  type TaskJob,
} from "../../gateway/index.ts";

/** A job that waits until a program says what came of it. */
export interface AskedJob {
  readonly jobId: string;
  readonly attempt: number;
  readonly instrumentId: string;
  readonly campaignId?: string | undefined;
  readonly capability: string;
  /** Set points, in the units of the recipe. */
  readonly parameters: Parameters;
  readonly sampleIds: readonly string[];
}

/**
 * Where programs find the jobs that they are asked to do, and tell what came of them: each instrument of it is a client of the
 * contract like any other, so that limits, approvals, the log and a kill mean the same.
 */
export interface AskDesk {
  /** Oldest first. */
  open(): readonly AskedJob[];
  /** Resolves when the result is on disk; `false` where no such job waits. The same word again is as good as once. */
  tell(jobId: string, result: DeviceResult): Promise<boolean>;
  /** An instrument whose jobs are asked here. */
  instrument(instrumentId: string, capabilities: readonly string[]): Device;
}

/** Where the result lies in the job's folder: told before a kill, it is reported after it. */
const TOLD = "told.json";
/** Results of which a repetition is known. */
const TOLD_KEPT = 1000;

export function createAskDesk(): AskDesk {
  const waiting = new Map<
    string,
    { readonly job: AskedJob; tell(result: DeviceResult): Promise<void> }
  >();
  const told = new Map<string, string>();
  const run = async (instrumentId: string, job: TaskJob): Promise<DeviceResult> => {
    const kept = await readTold(job.folder);
    if (kept !== undefined) return kept;
    const { jobId, attempt, campaignId, capability, parameters, sampleIds, signal } = job;
    const asked = { jobId, attempt, instrumentId, campaignId, capability, parameters, sampleIds };
    return await new Promise<DeviceResult>((resolve) => {
      const leave = (result: DeviceResult): void => {
        waiting.delete(jobId);
        resolve(result);
      };
      const aborted = () =>
        leave({ failed: String(signal.reason ?? "cancelled"), retryable: false });
      if (signal.aborted) return aborted();
      signal.addEventListener("abort", aborted, { once: true });
      waiting.set(jobId, {
        job: asked,
        tell: async (result) => {
          await writeTold(job.folder, result);
          told.set(jobId, JSON.stringify(result));
          if (told.size > TOLD_KEPT) told.delete(told.keys().next().value ?? "");
          leave(result);
        },
      });
      job.onProgress(0, "waits to be told");
    });
  };
  return {
    open: () => [...waiting.values()].map(({ job }) => job),
    tell: async (jobId, result) => {
      const one = waiting.get(jobId);
      if (one === undefined) return told.get(jobId) === JSON.stringify(result);
      await one.tell(result);
      return true;
    },
    instrument: (instrumentId, capabilities) =>
      createTaskDevice({
        kind: "asked",
        capabilities: capabilities.map((name) => ({
          ...{ name, parameters: {}, repeatable: true, expectedDuration_s: 3600 },
          results: ["phases", "objective", "curve", "failure"],
        })),
        anySetPoints: true,
        resumes: true,
        run: (job) => run(instrumentId, job),
      }),
  };
}

async function readTold(folder: string): Promise<DeviceResult | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, TOLD), "utf8")) as DeviceResult;
  } catch {
    return undefined; // not told yet, or cut off by a kill: whoever told had no answer and tells again
  }
}

async function writeTold(folder: string, result: DeviceResult): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, TOLD), "w");
  try {
    await file.writeFile(JSON.stringify(result));
    await file.sync();
  } finally {
    await file.close();
  }
}
