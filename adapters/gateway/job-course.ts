import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import { hash32 } from "../../src/core/prng.ts";
import type { Device, DeviceJob, Recovery } from "./device.ts";
import { type DeviceCalls, isLate, wordsOf } from "./device-calls.ts";
import type { DeviceWatch } from "./device-watch.ts";
import type { JobJournal, JobOrder, JobRecord } from "./job-journal.ts";
import { failure, type JournaledOutcome, outcomeOf } from "./job-outcome.ts";

export interface CourseOptions {
  readonly device: Device;
  readonly calls: DeviceCalls;
  readonly watch: DeviceWatch;
  readonly journal: JobJournal;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A device that is silent for so long has lost its job. */
  readonly silence_ms: number;
  readonly onProgress: (order: JobOrder, fraction: number, message?: string) => void;
  readonly onEnded: (record: JobRecord) => void;
  /** Nobody knows what became of it: the agent must be made to ask. */
  readonly onLost: (record: JobRecord) => void;
}

/** Polls in a row at which the device is ready while it should work. */
const IDLE_POLLS_MAX = 2;
/** Times that a result is tried to be read. */
const READS_MAX = 3;

/** The attempt that is, or may be, on the device: from the order to its end, each step in the journal before it is told. */
export class JobCourse {
  readonly order: JobOrder;
  readonly #options: CourseOptions;
  /** Whether it runs must be asked: after a restart, a silence, a failed start. */
  #isDoubtful: boolean;
  /** What the device said when it was told to begin. */
  #problem: string | undefined;
  #idlePolls = 0;
  #reads = 0;
  #isOver = false;

  constructor(options: CourseOptions, order: JobOrder, isDoubtful: boolean) {
    this.#options = options;
    this.order = order;
    this.#isDoubtful = isDoubtful;
  }

  /** It ended, or is lost for good: nothing is done for it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get job(): DeviceJob {
    return jobOf(this.#options.folder, this.#record);
  }

  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Tells the device to begin. "late": nobody knows whether it will. */
  async begin(): Promise<"begun" | "doubtful" | "late"> {
    const { device, calls, journal, logger, watch } = this.#options;
    const { job } = this;
    const { jobId, attempt, folder } = job;
    mkdirSync(folder, { recursive: true });
    journal.append({ note: "beginning", jobId, attempt, boot: watch.status.boot });
    logger.info({ jobId, attempt, folder }, "gateway.begins");
    this.#isDoubtful = false;
    this.#problem = undefined;
    try {
      await calls.call("begin", (call) => device.begin(job, call));
      return "begun";
    } catch (error) {
      this.#isDoubtful = true;
      this.#problem = wordsOf(error);
      logger.error({ jobId, problem: this.#problem }, "gateway.beginFailed");
      return isLate(error) ? "late" : "doubtful";
    }
  }

  /** What the device's status means for the job. "begin": it never began, and may still. */
  async follow(): Promise<"begin" | undefined> {
    const { watch, onProgress } = this.#options;
    const { status } = watch;
    if (status.state === "unknown") this.#waitForAnswer();
    if (status.state === "unknown") return undefined;
    const isForeign = status.jobId !== undefined && status.jobId !== this.order.jobId;
    const isIdle = status.state === "ready" || isForeign;
    this.#idlePolls = isIdle ? this.#idlePolls + 1 : 0;
    if (this.#isDoubtful || this.#idlePolls >= IDLE_POLLS_MAX)
      return await this.#settle(await this.#recover());
    if (isIdle) return undefined;
    if (status.state === "done") await this.#finish();
    else if (status.progress !== undefined)
      onProgress(this.order, Math.min(1, Math.max(0, status.progress)), status.message);
    return undefined;
  }

  /** It was stopped; `reason` is why. */
  halted(reason: string): void {
    this.#end(failure(reason, this.#isRepeatable));
  }

  get #record(): JobRecord {
    const { jobId, attempt } = this.order;
    const known = this.#options.journal.byAttempt(jobId, attempt);
    return known ?? { order: this.order, acked: false };
  }

  get #isRepeatable(): boolean {
    const { capabilities } = this.#options.device;
    return capabilities.find(({ name }) => name === this.order.capability)?.repeatable ?? false;
  }

  #waitForAnswer(): void {
    const { watch, silence_ms } = this.#options;
    if (this.#record.lost !== undefined || watch.silence_ms < silence_ms) return;
    this.#isDoubtful = true;
    this.#lose(`the device has not answered for ${silence_ms / 1000} s`);
  }

  /** `undefined`: not to be told now; the next poll asks again. */
  async #recover(): Promise<Recovery | undefined> {
    const { device, calls, watch } = this.#options;
    const { beginning } = this.#record;
    if (beginning === undefined) return "never-began";
    const { job } = this;
    if (device.recover !== undefined)
      return await calls
        .call("recover", (call) => device.recover?.(job, call))
        .catch(() => undefined);
    const { state, boot, jobId } = watch.status;
    const isForeign = jobId !== undefined && jobId !== job.jobId;
    if (beginning.boot !== boot || isForeign) return "unknown";
    if (state === "busy" || state === "held") return "running";
    if (state === "done") return "done";
    return state === "ready" ? "unknown" : undefined;
  }

  async #settle(found: Recovery | undefined): Promise<"begin" | undefined> {
    const { journal, clock, watch } = this.#options;
    const { jobId, attempt, notAfter_ms } = this.order;
    const isLost = this.#record.lost !== undefined;
    if (found === undefined) return undefined;
    if (found === "running" || found === "done") {
      this.#isDoubtful = false;
      this.#problem = undefined;
      this.#idlePolls = 0;
      if (isLost) journal.append({ note: "beginning", jobId, attempt, boot: watch.status.boot });
      if (found === "done") await this.#finish();
    } else if (this.#problem !== undefined) {
      this.#end(failure(this.#problem, this.#isRepeatable));
    } else if (found === "never-began" && !isLost) {
      if (clock.now_ms() <= notAfter_ms) return "begin";
      this.#end(failure("it had not begun before its notAfter", true));
    } else {
      if (!isLost) this.#lose("the device does not know what became of it");
      this.#isOver = true;
    }
    return undefined;
  }

  async #finish(): Promise<void> {
    const { device, calls, logger } = this.#options;
    const { job } = this;
    const { jobId, attempt } = job;
    try {
      const result = await calls.call("result", (call) => device.result(job, call));
      const remark = "observations" in result ? result.remark : undefined;
      if (remark !== undefined) logger.warn({ jobId, attempt, remark }, "gateway.remark");
      this.#end(outcomeOf(this.order, result, device.simulated ?? false));
    } catch (error) {
      if (error instanceof LabError && error.code === "TL-7032") throw error;
      this.#reads += 1;
      if (this.#reads < READS_MAX) return;
      this.#end(failure(`The result cannot be read: ${wordsOf(error)}`, this.#isRepeatable));
    }
  }

  #end(outcome: JournaledOutcome): void {
    const { journal, clock, logger, onEnded } = this.#options;
    const { jobId, attempt } = this.order;
    journal.append({ note: "ended", jobId, attempt, outcome, time_ms: clock.now_ms() });
    const reason = outcome.word === "failed" ? outcome.reason : undefined;
    logger.info({ jobId, attempt, word: outcome.word, reason }, "gateway.ended");
    this.#isOver = true;
    onEnded(this.#record);
  }

  #lose(reason: string): void {
    const { journal, logger, onLost } = this.#options;
    const { jobId, attempt } = this.order;
    journal.append({ note: "lost", jobId, attempt, reason });
    logger.error({ jobId, attempt, reason }, "gateway.lost");
    onLost(this.#record);
  }
}

/** A journaled order as the device sees it. */
export function jobOf(gatewayFolder: string, record: Pick<JobRecord, "order" | "held">): DeviceJob {
  const { jobId, attempt, campaignId, capability, parameters, sampleIds = [] } = record.order;
  const { parametersBySample } = record.order;
  const name = `${jobId}-${attempt}-${hash32(workText(record.order)).toString(36)}`;
  const folder = join(gatewayFolder, "jobs", name);
  const held = record.held ?? false;
  const own = parametersBySample === undefined ? {} : { parametersBySample };
  return { jobId, attempt, campaignId, capability, parameters, sampleIds, ...own, folder, held };
}

/**
 * What a job is, beside its name. A campaign that begins anew names its jobs as before: only the same text makes it the same work,
 * and the result of an earlier job is never given for another one.
 */
export function workText(order: JobOrder): string {
  const { capability, parameters, sampleIds = [], parametersBySample } = order;
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  // Loads are numbered: the same number may stand for other samples.
  const load = sampleIds.length > 1 ? [sampleIds, parametersBySample] : [];
  return JSON.stringify([capability, sorted, ...load]);
}
