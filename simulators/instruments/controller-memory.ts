import type { JobOrder } from "../wire/instrument-commands.ts";
import type { JobPlan } from "./simulated-device.ts";

/** A result or a failure as it was first written, kept until the agent has it on disk. */
export interface FinalReport {
  readonly messageId: string;
  readonly word: "result" | "failed";
  readonly time_ms: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a controller notes in its journal; its memory is a fold of these. */
export type JournalEntry =
  | { readonly note: "epoch"; readonly epoch: number }
  | { readonly note: "command"; readonly commandId: string }
  | { readonly note: "emergencyStop"; readonly active: boolean }
  | { readonly note: "accepted"; readonly order: JobOrder }
  | ({ readonly note: "started"; readonly time_ms: number; readonly plan: JobPlan } & JobKey)
  | ({ readonly note: "held" | "resumed"; readonly time_ms: number } & JobKey)
  | ({
      readonly note: "refused";
      readonly commandId: string;
      readonly reason: string;
      readonly retryable: boolean;
    } & JobKey)
  | ({ readonly note: "finished"; readonly report: FinalReport } & JobKey)
  | ({ readonly note: "acked"; readonly position?: number | undefined } & JobKey);

export interface JobKey {
  readonly jobId: string;
  readonly attempt: number;
}

/** One attempt at one job, as far as the controller knows. */
export interface JobMemory extends JobKey {
  order?: JobOrder;
  plan?: JobPlan;
  started_ms?: number;
  /** Since when it is held; absent while it runs. */
  held_ms?: number | undefined;
  /** Total time it was held before, ms. */
  heldFor_ms: number;
  report?: FinalReport;
  acked: boolean;
  refusal?: { readonly commandId: string; readonly reason: string; readonly retryable: boolean };
}

/** What a controller knows between two messages; rebuilt from its journal when it boots. */
export class ControllerMemory {
  epoch = 0;
  emergencyStopped = false;
  /** The last acknowledgement that was heard, as its birth tells it. */
  acknowledged: (JobKey & { readonly position: number }) | undefined;
  readonly commandIds = new Set<string>();
  readonly #attempts = new Map<string, JobMemory>();
  /** Newest attempt by job. */
  readonly #newest = new Map<string, JobMemory>();
  readonly #unacknowledged = new Set<JobMemory>();
  #current: JobMemory | undefined;

  constructor(entries: Iterable<JournalEntry>) {
    for (const entry of entries) this.apply(entry);
  }

  find(jobId: string, attempt?: number): JobMemory | undefined {
    return attempt === undefined
      ? this.#newest.get(jobId)
      : this.#attempts.get(`${jobId}#${attempt}`);
  }

  /** The job on the machine: accepted and not finished. */
  current(): JobMemory | undefined {
    return this.#current;
  }

  unacknowledged(): JobMemory[] {
    return [...this.#unacknowledged];
  }

  apply(entry: JournalEntry): void {
    switch (entry.note) {
      case "epoch":
        this.epoch = Math.max(this.epoch, entry.epoch);
        return;
      case "command":
        this.commandIds.add(entry.commandId);
        return;
      case "emergencyStop":
        this.emergencyStopped = entry.active;
        return;
      case "accepted":
        this.#current = this.#job(entry.order);
        this.#current.order = entry.order;
        this.commandIds.add(entry.order.commandId);
        return;
      default: {
        const job = this.#job(entry);
        applyToJob(job, entry);
        if (entry.note === "acked") this.#acked(job, entry.position);
        if (entry.note === "finished") {
          this.#unacknowledged.add(job);
          if (this.#current === job) this.#current = undefined;
        }
      }
    }
  }

  #acked(job: JobMemory, position = 0): void {
    this.#unacknowledged.delete(job);
    const { jobId, attempt } = job;
    if (position > 0) this.acknowledged = { jobId, attempt, position };
  }

  #job({ jobId, attempt }: JobKey): JobMemory {
    const key = `${jobId}#${attempt}`;
    const known = this.#attempts.get(key);
    if (known !== undefined) return known;
    const made: JobMemory = { jobId, attempt, heldFor_ms: 0, acked: false };
    this.#attempts.set(key, made);
    const newest = this.#newest.get(jobId);
    if (newest === undefined || newest.attempt < attempt) this.#newest.set(jobId, made);
    return made;
  }
}

type JobEntry = Exclude<JournalEntry, { note: "epoch" | "command" | "emergencyStop" | "accepted" }>;

function applyToJob(job: JobMemory, entry: JobEntry): void {
  switch (entry.note) {
    case "started":
      job.plan = entry.plan;
      job.started_ms = entry.time_ms;
      return;
    case "held":
      job.held_ms = entry.time_ms;
      return;
    case "resumed":
      job.heldFor_ms += entry.time_ms - (job.held_ms ?? entry.time_ms);
      job.held_ms = undefined;
      return;
    case "refused":
      job.refusal = {
        commandId: entry.commandId,
        reason: entry.reason,
        retryable: entry.retryable,
      };
      return;
    case "finished":
      job.report = entry.report;
      return;
    case "acked":
      job.acked = true;
  }
}
