import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import type { DataReference, Observation } from "../../../src/domain/observation.ts";
import type { DeviceResult, Task, TaskJob } from "../../gateway/index.ts";
import { writeWhole } from "../../system/write-whole.ts";
import { type FileSetPoint, fileCapability } from "./file-capability.ts";

export interface DropOptions {
  /** `jobs` and `results` lie in it. */
  readonly folder: string;
  readonly capability: string;
  readonly parameters: readonly FileSetPoint[];
  readonly results: readonly string[];
  readonly expectedDuration_s: number;
  /** Samples that it takes at once, and the set points that they share (absent: all). */
  readonly capacity?: number | undefined;
  readonly shares?: readonly string[] | undefined;
  /** A file that has not grown for so long is whole. */
  readonly settle_ms: number;
  readonly clock: Clock & Timers;
}

const LOOK_ms = 200;
const JSON_BYTES_MAX = 1 << 20;

/**
 * An instrument that is spoken to by a folder: it finds `jobs/JOB.json` (set points, samples), and writes `results/JOB.json` with
 * `observations` as in the contract, or `failed`. What else is called `results/JOB.*` (a pattern, a picture) goes with it by
 * reference. A file that still grows, or is no whole JSON, is left alone. A job is withdrawn by taking its file away; one whose file
 * the instrument has taken ends when its result is there.
 */
export function createDropTask(options: DropOptions): Task {
  const jobs = join(options.folder, "jobs");
  const results = join(options.folder, "results");
  mkdirSync(jobs, { recursive: true });
  mkdirSync(results, { recursive: true });
  let isClosed = false;
  return {
    ...{ kind: "drop-folder", resumes: true },
    capabilities: [fileCapability(options, options.results)],
    stop: () => {
      isClosed = true;
    },
    run: async (job) => {
      const order = join(jobs, `${nameOf(job)}.json`);
      const isTold = existsSync(join(job.folder, "told"));
      if (!isTold && job.signal.aborted)
        return { failed: String(job.signal.reason), retryable: true };
      if (!isTold) tell(job, order);
      const isStill = stillness(options);
      for (;;) {
        // The next gateway takes the job up: an answer that comes now is its.
        if (isClosed) return { failed: "the gateway has ended", retryable: true };
        const found = readResult(results, nameOf(job), isStill);
        if (found !== undefined) {
          rmSync(order, { force: true });
          return found;
        }
        if (job.signal.aborted && existsSync(order)) {
          rmSync(order);
          return { failed: String(job.signal.reason), retryable: true };
        }
        await new Promise<void>((done) => {
          options.clock.schedule(options.clock.now_ms() + LOOK_ms, done);
        });
      }
    },
  };
}

function nameOf({ jobId, attempt }: Pick<TaskJob, "jobId" | "attempt">): string {
  return `${jobId}.${attempt}`;
}

function tell(job: TaskJob, order: string): void {
  const { jobId, attempt, capability, parameters, sampleIds, parametersBySample } = job;
  const text = { jobId, attempt, capability, parameters, sampleIds, parametersBySample };
  mkdirSync(job.folder, { recursive: true });
  // First, so that a gateway that is killed in between never orders it twice.
  writeWhole(join(job.folder, "told"), "");
  writeWhole(order, `${JSON.stringify(text)}\n`);
}

/**
 * Whether a file has been seen unchanged for `settle_ms` of our own time: the computer that writes it may have a clock of its own, so
 * how old it says that it is tells nothing.
 */
function stillness({ clock, settle_ms }: DropOptions): (path: string) => boolean {
  const seen = new Map<string, { readonly mark: string; readonly since_ms: number }>();
  return (path) => {
    const { size, mtimeMs } = statSync(path);
    const mark = `${size} ${mtimeMs}`;
    const before = seen.get(path);
    const since_ms = before?.mark === mark ? before.since_ms : clock.now_ms();
    seen.set(path, { mark, since_ms });
    return clock.now_ms() - since_ms >= settle_ms;
  };
}

function readResult(
  folder: string,
  name: string,
  isStill: (path: string) => boolean,
): DeviceResult | undefined {
  const main = join(folder, `${name}.json`);
  const all = readdirSync(folder).filter(
    (file) => file.startsWith(`${name}.`) && !file.endsWith(".part"),
  );
  if (!existsSync(main)) return undefined;
  // Each is looked at, so that all settle at the same time.
  const settled = all.filter((file) => isStill(join(folder, file)));
  if (settled.length < all.length || statSync(main).size > JSON_BYTES_MAX) return undefined;
  const said = parse(readFileSync(main, "utf8"));
  if (said === undefined) return undefined;
  if (typeof said.failed === "string") return { failed: said.failed, retryable: false };
  if (!Array.isArray(said.observations))
    return { failed: `${main} has neither observations nor failed`, retryable: false };
  const raw = all
    .filter((file) => file !== `${name}.json`)
    .map((file) => reference(join(folder, file)));
  // Held against the contract by the gateway.
  const { actual, actualBySample } = said as Pick<Measured, "actual" | "actualBySample">;
  return { observations: said.observations as Observation[], actual, actualBySample, raw };
}

type Measured = Extract<DeviceResult, { readonly observations: unknown }>;

function parse(
  text: string,
): { readonly observations?: unknown; readonly failed?: unknown } | undefined {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === "object" && said !== null ? said : {};
  } catch {
    return undefined;
  }
}

function reference(file: string): DataReference {
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { uri: pathToFileURL(resolve(file)).href, sha256, bytes: bytes.length };
}
