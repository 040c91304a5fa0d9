import { mkdirSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Parameters } from "../../../src/domain/candidate.ts";
import type { ReportedBy } from "../../../src/domain/people.ts";
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

/** One attempt of a job, on one instrument. */
type Attempt = Pick<AskedJob, "jobId" | "attempt" | "instrumentId">;

/**
 * Where programs find the jobs that they are asked to do, and report what came of them: each instrument of it is a client of the
 * contract like any other, so that limits, approvals, the log and a kill mean the same.
 */
export interface AskDesk {
  /** Oldest first. */
  open(): readonly AskedJob[];
  /**
   * Resolves when result and reporter are on disk; `false` where no such job waits. The same word again is as good as once, and
   * stays whose it was.
   */
  report(jobId: string, result: DeviceResult, reported: ReportedBy): Promise<boolean>;
  /** Who reported what this desk's instrument now says of an attempt; `undefined` for what was reported to nobody here. */
  reporterOf(attempt: Attempt): ReportedBy | undefined;
  /** An instrument whose jobs are asked here. */
  instrument(instrumentId: string, capabilities: readonly string[]): Device;
}

/** What was reported of an attempt: kept before anybody is answered, so that a kill loses neither the result nor whose it is. */
interface Report {
  readonly instrumentId: string;
  readonly result: DeviceResult;
  readonly reported: ReportedBy;
}

/** Reports that are kept in memory too. */
const KEPT = 1000;

/** `folder`: one file a reported attempt; absent folders are made when the first report comes. */
export function createAskDesk(folder: string): AskDesk {
  const waiting = new Map<
    string,
    { readonly job: AskedJob; leave(report: Report): Promise<void> }
  >();
  const last = new Map<string, Report>();
  const note = (job: Pick<Attempt, "jobId" | "attempt">, report: Report): void => {
    last.set(nameOf(job), report);
    if (last.size > KEPT) last.delete(last.keys().next().value ?? "");
  };
  const reportOf = (attempt: Attempt): Report | undefined => {
    const found = last.get(nameOf(attempt)) ?? readReport(folder, attempt);
    return found?.instrumentId === attempt.instrumentId ? found : undefined;
  };
  const run = async (instrumentId: string, job: TaskJob): Promise<DeviceResult> => {
    const { jobId, attempt, campaignId, capability, parameters, sampleIds, signal } = job;
    const asked = { jobId, attempt, instrumentId, campaignId, capability, parameters, sampleIds };
    const known = reportOf(asked);
    if (known !== undefined) return known.result;
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
        leave: async (report) => {
          await writeReport(folder, asked, report);
          note(asked, report);
          leave(report.result);
        },
      });
      job.onProgress(0, "waits for a report");
    });
  };
  return {
    open: () => [...waiting.values()].map(({ job }) => job),
    report: async (jobId, result, reported) => {
      const one = waiting.get(jobId);
      if (one === undefined)
        return [...last].some(
          ([name, report]) =>
            name.startsWith(`${jobId}@`) &&
            JSON.stringify(report.result) === JSON.stringify(result),
        );
      await one.leave({ instrumentId: one.job.instrumentId, result, reported });
      return true;
    },
    reporterOf: (attempt) => reportOf(attempt)?.reported,
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

function nameOf({ jobId, attempt }: Pick<Attempt, "jobId" | "attempt">): string {
  return `${jobId}@${attempt}`;
}

function readReport(folder: string, attempt: Attempt): Report | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, `${nameOf(attempt)}.json`), "utf8")) as Report;
  } catch {
    return undefined; // not reported yet, or cut off by a kill: whoever reported had no answer and does it again
  }
}

async function writeReport(folder: string, attempt: Attempt, report: Report): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = await open(join(folder, `${nameOf(attempt)}.json`), "w");
  try {
    await file.writeFile(JSON.stringify(report));
    await file.sync();
  } finally {
    await file.close();
  }
}
