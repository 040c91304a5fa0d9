import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../../src/core/logger.ts";
import { hash32 } from "../../src/core/prng.ts";
import { findLimitViolation } from "../../src/domain/candidate.ts";
import type { Capability } from "../../src/domain/instrument.ts";
import type { SimulationOutcome, SimulationProgram } from "./device.ts";
import { openRunnerLink, type RunnerLink } from "./gateway-link.ts";
import { type JobRecord, openRunnerJournal, type RunnerJournal } from "./job-journal.ts";
import { type RunnerMessage, readRunnerMessage, type SimulationOrder } from "./orders.ts";

export interface RunnerOptions {
  readonly brokerUrl: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly site: string;
  readonly instrumentId: string;
  /** Journal and the jobs' folders; what was running is taken up from here after a restart. */
  readonly folder: string;
  readonly program: SimulationProgram;
  readonly logger: Logger;
  readonly now_ms: () => number;
  /** How often a result is said again until the agent acknowledges it, ms. */
  readonly resendAfter_ms?: number | undefined;
}

const RESEND_AFTER_ms = 5000;
const PROGRESS_EVERY_ms = 1000;

function refuseSetPoints(
  { parameters }: SimulationOrder,
  capability: Capability,
): string | undefined {
  for (const name of Object.keys(capability.parameters)) {
    if (typeof parameters[name] !== "number")
      return `the set point ${name} is missing or no number`;
  }
  const foreign = Object.keys(parameters).find((name) => !(name in capability.parameters));
  if (foreign !== undefined) return `${foreign} is not a set point of ${capability.name}`;
  const violation = findLimitViolation(parameters, capability.parameters);
  if (violation === undefined) return undefined;
  const { parameter, value, limit } = violation;
  return `${parameter} = ${value} is outside ${limit.min ?? "-"}..${limit.max ?? "-"}`;
}

interface Running {
  readonly record: JobRecord;
  readonly abort: AbortController;
  readonly folder: string;
  fraction: number;
  spoken_ms: number;
  held: boolean;
}

/**
 * A campaign that begins anew names its jobs as before: only the same set points make it the same job, and the result
 * of an earlier simulation is never given for another one.
 */
function isSameWork(known: SimulationOrder, order: SimulationOrder): boolean {
  return workOf(known) === workOf(order);
}

function workOf({ capability, parameters }: SimulationOrder): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([capability, sorted]);
}

function jobFolder(order: SimulationOrder): string {
  return `${order.jobId}-${order.attempt}-${hash32(workOf(order)).toString(36)}`;
}

/**
 * An instrument of the wire contract whose work is simulations, one at a time. Everything promised is in the journal before
 * it is said: a runner killed at any moment answers `reconcile` truthfully when it is started again, takes up the
 * simulation that is still running, and says its results until they are acknowledged.
 */
export class SimulationRunner {
  readonly #options: RunnerOptions;
  readonly #journal: RunnerJournal;
  readonly #bootId: string;
  readonly #link: RunnerLink;
  readonly #timer: NodeJS.Timeout;
  #running: Running | undefined;
  #epoch: number;
  #sequence = 0;
  #emergency = false;
  #stopped = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#journal = openRunnerJournal(options.folder);
    this.#epoch = this.#journal.epoch;
    this.#bootId = `r${options.now_ms().toString(36)}`;
    this.#link = openRunnerLink({
      ...options,
      bootId: this.#bootId,
      onMessage: (topic, payload) => this.#hear(readRunnerMessage(topic, payload), topic),
      onConnect: () => this.#introduce(),
      onDisconnect: (why) => {
        if (!this.#stopped) options.logger.warn({ why }, "runner.disconnected");
      },
    });
    this.#timer = setInterval(() => this.#sayReports(), options.resendAfter_ms ?? RESEND_AFTER_ms);
    const unfinished = this.#journal
      .records()
      .find((record) => record.outcome === undefined && record.refusal === undefined);
    if (unfinished !== undefined) this.#begin(unfinished);
  }

  /** Disconnects in good order. A simulation under way goes on by itself and is taken up at the next start. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#link.close();
    this.#journal.close();
  }

  #introduce(): void {
    const { program, logger, brokerUrl } = this.#options;
    logger.info({ brokerUrl }, "runner.connected");
    const { kind, simulated } = program;
    this.#link.say({
      topic: "birth",
      type: "tieline.instrument.birth",
      data: {
        bootId: this.#bootId,
        kind,
        capabilities: [program.capability],
        simulated,
        journal: true,
      },
      retain: true,
    });
    this.#sayState();
    this.#sayReports();
  }

  #hear(message: RunnerMessage | undefined, topic: string): void {
    if (this.#stopped) return;
    if (message === undefined) {
      this.#options.logger.warn({ topic }, "runner.notUnderstood");
      return;
    }
    switch (message.kind) {
      case "start":
        this.#start(message.order);
        break;
      case "ack":
        this.#acknowledged(message.jobId, message.attempt);
        break;
      case "emergencyStop":
        this.#emergency = message.active;
        if (message.active) this.#running?.abort.abort("the emergency stop is active");
        this.#sayState();
        break;
      default: {
        // A command of an agent that has been replaced is never acted on.
        if (message.epoch < this.#epoch) return;
        this.#epoch = message.epoch;
        for (const jobId of message.jobIds) this.#control(message.kind, jobId);
      }
    }
  }

  #start(order: SimulationOrder): void {
    const said = this.#journal.byCommand(order.commandId) ?? this.#sameAttempt(order);
    if (said !== undefined && isSameWork(said.order, order)) {
      this.#answer(said);
      return;
    }
    const refusal = this.#refuse(order);
    if (refusal !== undefined) {
      this.#journal.append({ note: "rejected", order, ...refusal });
      this.#options.logger.warn({ jobId: order.jobId, ...refusal }, "runner.refused");
      this.#sayAboutJob(order, "rejected", refusal);
      return;
    }
    this.#epoch = Math.max(this.#epoch, order.epoch);
    this.#journal.append({ note: "accepted", order });
    this.#sayAboutJob(order, "accepted", {});
    const record = this.#journal.byJob(order.jobId);
    if (record !== undefined) this.#begin(record);
  }

  #sameAttempt(order: SimulationOrder): JobRecord | undefined {
    const known = this.#journal.byJob(order.jobId);
    return known !== undefined && known.order.attempt >= order.attempt ? known : undefined;
  }

  #refuse(order: SimulationOrder): { reason: string; retryable: boolean } | undefined {
    const { capability } = this.#options.program;
    const never = (reason: string) => ({ reason, retryable: false });
    const notNow = (reason: string) => ({ reason, retryable: true });
    if (order.epoch < this.#epoch)
      return never(
        `the command's epoch ${order.epoch} is older than ${this.#epoch}: a newer agent commands this runner ` +
          "(after a new log of the daemon start the runner with a new --folder)",
      );
    if (this.#options.now_ms() > order.notAfter_ms) return notNow("it came after its notAfter");
    if (this.#emergency) return notNow("the emergency stop is active");
    if (order.capability !== capability.name)
      return never(`this runner does ${capability.name}, not ${order.capability}`);
    if (this.#running !== undefined)
      return notNow(`busy with job ${this.#running.record.order.jobId}`);
    const { program } = this.#options;
    const why =
      program.refuse === undefined
        ? refuseSetPoints(order, capability)
        : program.refuse(order.parameters);
    return why === undefined ? undefined : never(why);
  }

  /** Starts the simulation, or takes it up where it is. */
  #begin(record: JobRecord): void {
    const { jobId, attempt, parameters } = record.order;
    const folder = join(this.#options.folder, "jobs", jobFolder(record.order));
    mkdirSync(folder, { recursive: true });
    const abort = new AbortController();
    const running: Running = {
      record,
      abort,
      folder,
      fraction: 0,
      spoken_ms: Number.NEGATIVE_INFINITY,
      held: false,
    };
    this.#running = running;
    const shown = shortened(parameters);
    this.#options.logger.info({ jobId, attempt, folder, parameters: shown }, "runner.begins");
    this.#sayState();
    const onProgress = (fraction: number, message?: string): void => {
      running.fraction = Math.min(1, Math.max(running.fraction, fraction));
      this.#sayProgress(running, message);
    };
    this.#options.program
      .run({ jobId, attempt, parameters, folder, onProgress, signal: abort.signal })
      .catch((error: unknown): SimulationOutcome => {
        const reason = error instanceof Error ? error.message : String(error);
        return { word: "failed", reason, retryable: false };
      })
      .then((outcome) => this.#ended(record.order, outcome));
  }

  #ended(order: SimulationOrder, outcome: SimulationOutcome): void {
    if (this.#stopped) return;
    const { jobId, attempt } = order;
    this.#journal.append({ note: "ended", jobId, attempt, outcome });
    this.#running = undefined;
    const reason = outcome.word === "failed" ? outcome.reason : undefined;
    this.#options.logger.info({ jobId, attempt, word: outcome.word, reason }, "runner.ended");
    this.#sayReports();
    this.#sayState();
  }

  #control(kind: "hold" | "resume" | "cancel" | "reconcile", jobId: string): void {
    const record = this.#journal.byJob(jobId);
    if (record === undefined) {
      this.#link.say({
        topic: `job/${jobId}/unknown`,
        type: "tieline.job.unknown",
        data: { jobId },
      });
      return;
    }
    const running = this.#running;
    if (kind === "reconcile" || running?.record.order.jobId !== jobId) {
      this.#answer(record);
      return;
    }
    const { program } = this.#options;
    if (kind === "cancel") running.abort.abort("cancelled");
    if (kind === "hold" && program.hold !== undefined) {
      program.hold(running.folder);
      running.held = true;
    }
    if (kind === "resume" && running.held) {
      program.resume?.(running.folder);
      running.held = false;
    }
    this.#sayState();
  }

  /** Says again what is true of a job. */
  #answer(record: JobRecord): void {
    if (record.refusal !== undefined) this.#sayAboutJob(record.order, "rejected", record.refusal);
    else if (record.outcome !== undefined) this.#sayReport(record);
    else {
      this.#sayAboutJob(record.order, "accepted", {});
      if (this.#running !== undefined) this.#sayProgress(this.#running);
    }
  }

  #acknowledged(jobId: string, attempt: number): void {
    const isOpen = this.#journal
      .records()
      .some(
        ({ order, outcome, acked }) =>
          order.jobId === jobId && order.attempt === attempt && outcome !== undefined && !acked,
      );
    if (isOpen) this.#journal.append({ note: "acked", jobId, attempt });
  }

  #sayReports(): void {
    for (const record of this.#journal.records())
      if (record.outcome !== undefined && !record.acked) this.#sayReport(record);
  }

  #sayReport({ order, outcome }: JobRecord): void {
    if (outcome === undefined) return;
    const { word, ...content } = outcome;
    const simulated = this.#options.program.simulated;
    this.#sayAboutJob(order, word, word === "result" ? { ...content, simulated } : content);
  }

  #sayProgress(running: Running, message?: string): void {
    const now_ms = this.#options.now_ms();
    if (now_ms - running.spoken_ms < PROGRESS_EVERY_ms) return;
    running.spoken_ms = now_ms;
    const { fraction } = running;
    const { jobId, attempt } = running.record.order;
    this.#link.say({
      topic: `job/${jobId}/progress`,
      type: "tieline.job.progress",
      data: { jobId, attempt, fraction, ...(message === undefined ? {} : { message }) },
      qos: 0,
    });
  }

  #sayAboutJob(
    { jobId, attempt }: SimulationOrder,
    word: string,
    content: Readonly<Record<string, unknown>>,
  ): void {
    this.#link.say({
      topic: `job/${jobId}/${word}`,
      type: `tieline.job.${word}`,
      data: { jobId, attempt, ...content },
    });
  }

  #sayState(): void {
    this.#sequence += 1;
    const running = this.#running;
    const operation = running === undefined ? "idle" : running.held ? "held" : "busy";
    this.#link.say({
      topic: "state",
      type: "tieline.instrument.state",
      data: {
        bootId: this.#bootId,
        seq: this.#sequence,
        operation,
        control: "automatic",
        safety: this.#emergency ? "emergencyStopped" : "ok",
        ...(running === undefined ? {} : { jobId: running.record.order.jobId }),
      },
      retain: true,
    });
  }
}

/** Longer texts among the set points (a model's specification) would bury a log: they are cut. */
const SHOWN_LENGTH_MAX = 60;

function shortened(parameters: SimulationOrder["parameters"]): SimulationOrder["parameters"] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "string" && value.length > SHOWN_LENGTH_MAX
        ? `${value.slice(0, SHOWN_LENGTH_MAX)} ...`
        : value,
    ]),
  );
}
