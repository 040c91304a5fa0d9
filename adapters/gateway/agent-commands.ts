import type { Clock } from "../../src/core/clock.ts";
import type { Logger } from "../../src/core/logger.ts";
import { AgentClock, type Arrival } from "../../src/domain/agent-clock.ts";
import type { Limits } from "../../src/domain/candidate.ts";
import type { MessageData } from "../mqtt/contract.ts";
import { readFrom, type WireMessage } from "../mqtt/read-message.ts";
import type { Device } from "./device.ts";
import { wordsOf } from "./device-calls.ts";
import type { GatewayVoice } from "./gateway-voice.ts";
import { workText } from "./job-course.ts";
import type { JobDriver } from "./job-driver.ts";
import type { JobJournal, JobOrder, JobRecord, LastAck } from "./job-journal.ts";
import { refuseByStatus, refuseOrder } from "./start-refusal.ts";

export interface CommandsParts {
  readonly device: Device;
  readonly site: string;
  readonly limits: Limits;
  readonly journal: JobJournal;
  readonly driver: JobDriver;
  readonly voice: () => GatewayVoice;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The emergency stop has been latched or lifted. */
  readonly onLatch: () => void;
}

/** Counts on, whatever the clock is set to. */
const ticks_ms = (): number => performance.now();

function arrivalOf(message: WireMessage, received_ms: number): Arrival {
  const { notAfter, validFor_s } = message.data as { notAfter?: string; validFor_s?: number };
  return {
    validity: {
      sent_ms: message.sent_ms,
      validFor_s,
      notAfter_ms: notAfter === undefined ? undefined : Date.parse(notAfter),
    },
    received_ms,
    ticks_ms: ticks_ms(),
  };
}

type Control = Extract<WireMessage, { readonly name: "jobHold" | "jobResume" | "jobCancel" }>;

/** Obeys the agent and the emergency stop: each command once, none of an agent that has been replaced. */
export class AgentCommands {
  readonly #parts: CommandsParts;
  readonly #agentClock = new AgentClock();

  constructor(parts: CommandsParts) {
    this.#parts = parts;
  }

  /** Obeys what is understood, and logs what is not. */
  hear(topic: string, payload: Uint8Array, retained: boolean): void {
    // An empty retained message is how a broker is made to forget one.
    if (payload.byteLength === 0) return;
    const read = readFrom(this.#parts.site, topic, payload);
    if (typeof read === "string" || read.kind === "refused") {
      const why = typeof read === "string" ? read : read.refusal.detail;
      this.#parts.logger.warn({ topic, why }, "gateway.notUnderstood");
      return;
    }
    try {
      this.#obey(read.message, retained);
    } catch (error) {
      // What cannot be journaled is not promised.
      this.#parts.logger.error({ topic, problem: wordsOf(error) }, "gateway.broken");
    }
  }

  #obey(message: WireMessage, retained: boolean): void {
    const arrival = arrivalOf(message, this.#parts.clock.now_ms());
    const isAgents = message.identity.source.startsWith("agent/");
    if (!retained && isAgents && message.name !== "emergencyStop") this.#agentClock.hear(arrival);
    switch (message.name) {
      case "emergencyStop":
        // Whoever may stop; only a person, or the agent for one, clears.
        if (message.data.active || !message.identity.source.startsWith("instrument/"))
          if (message.data.active || mayClear(message)) this.#latch(message.data);
          else this.#parts.logger.warn({ source: message.identity.source }, "gateway.clearRefused");
        else this.#parts.logger.warn({ ...message.identity }, "gateway.clearIgnored");
        break;
      case "jobAck":
        this.#acknowledged(message.data);
        break;
      case "jobStart": {
        const { notAfter, validFor_s = Number.POSITIVE_INFINITY, ...order } = message.data;
        // In the journal by our own clock: it may begin later, when its device is ready.
        const left_ms = Math.min(Date.parse(notAfter) - message.sent_ms, validFor_s * 1000);
        const isJudgeable =
          Number.isFinite(message.sent_ms) && message.data.validFor_s !== undefined;
        const notAfter_ms = isJudgeable ? arrival.received_ms + left_ms : Date.parse(notAfter);
        const whole = { ...order, notAfter_ms };
        void this.#parts.driver
          .inLane(() => this.#start(whole, retained, arrival))
          .catch(this.#broken);
        break;
      }
      case "jobReconcile": {
        const { commandId, epoch, jobIds } = message.data;
        if (this.#isCurrent(commandId, epoch, retained)) for (const id of jobIds) this.#answer(id);
        break;
      }
      case "jobHold":
      case "jobResume":
      case "jobCancel":
        this.#control(message, retained, arrival);
        break;
      default:
    }
  }

  #latch({ active, by, reason }: MessageData<"emergencyStop">): void {
    const why = `the emergency stop is active (${by}: ${reason})`;
    if (active) this.#parts.driver.halt(why);
    if (active !== (this.#parts.journal.emergency !== undefined)) {
      this.#parts.journal.append({ note: "emergencyStop", active, reason: why });
      this.#parts.logger.warn({ active, by, reason }, "gateway.emergencyStop");
    }
    this.#parts.onLatch();
  }

  /** Its birth, which the broker keeps, tells what was acknowledged last: a log that has lost it is found out. */
  #acknowledged({ jobId, attempt, position }: LastAck): void {
    const { journal, voice, device } = this.#parts;
    const record = journal.byAttempt(jobId, attempt);
    if (record?.outcome === undefined || record.acked) return;
    journal.append({ note: "acked", jobId, attempt, position });
    voice().sayBirth(device, journal.acknowledged);
  }

  // ---- starting

  /** In the driver's lane. */
  async #start(order: JobOrder, retained: boolean, arrival: Arrival): Promise<void> {
    const known = this.#parts.journal.byCommand(order.commandId) ?? this.#sameAttempt(order);
    if (known !== undefined && workText(known.order) === workText(order))
      return retained ? undefined : this.#restate(known);
    const refusal = retained
      ? { reason: "a command must not be retained", retryable: false }
      : (this.#refuse(order, arrival) ??
        (await this.#askWhetherFree(order)) ??
        this.#refuse(order, arrival));
    if (order.epoch > this.#parts.journal.epoch)
      this.#parts.journal.append({ note: "epoch", epoch: order.epoch });
    if (refusal !== undefined) {
      this.#parts.journal.append({ note: "rejected", order, ...refusal });
      this.#parts.logger.warn({ jobId: order.jobId, ...refusal }, "gateway.refused");
      return this.#parts.voice().sayRejected(order, refusal);
    }
    this.#parts.journal.append({ note: "accepted", order, time_ms: this.#parts.clock.now_ms() });
    this.#parts.voice().sayAccepted(order);
    await this.#parts.driver.begin(order);
  }

  #sameAttempt({ jobId, attempt }: JobOrder): JobRecord | undefined {
    const known = this.#parts.journal.byJob(jobId);
    return known !== undefined && known.order.attempt >= attempt ? known : undefined;
  }

  #refuse(order: JobOrder, arrival: Arrival) {
    return refuseOrder(order, {
      device: this.#parts.device,
      limits: this.#parts.limits,
      epoch: this.#parts.journal.epoch,
      tooLate: this.#agentClock.whyNot(arrival, ticks_ms()),
      emergency: this.#parts.journal.emergency,
      busyWith: this.#parts.driver.jobId,
    });
  }

  /** What the device is doing now, not at the last poll, decides. */
  async #askWhetherFree(order: JobOrder) {
    await this.#parts.driver.look();
    const refusal = refuseByStatus(this.#parts.driver.status);
    if (refusal !== undefined) return refusal;
    try {
      const reason = await this.#parts.driver.refuse(order);
      return reason === undefined ? undefined : { reason, retryable: false };
    } catch (error) {
      return { reason: wordsOf(error), retryable: true };
    }
  }

  // ---- steering and answering

  /** A command of an agent that has been replaced is never acted on, nor is one that comes again. */
  #isCurrent(commandId: string, epoch: number, retained: boolean): boolean {
    if (retained || epoch < this.#parts.journal.epoch) {
      this.#parts.logger.warn({ commandId, epoch, retained }, "gateway.commandIgnored");
      return false;
    }
    if (epoch > this.#parts.journal.epoch) this.#parts.journal.append({ note: "epoch", epoch });
    return true;
  }

  #control({ name, data }: Control, retained: boolean, arrival: Arrival): void {
    const { commandId, jobId, epoch } = data;
    if (!this.#isCurrent(commandId, epoch, retained)) return;
    // In doubt about the clocks, what leads to safety is done and what leads away from it is not.
    const isTooOld =
      name === "jobResume"
        ? this.#agentClock.whyNot(arrival, ticks_ms()) !== undefined
        : this.#agentClock.isSurelyOld(arrival, ticks_ms());
    if (isTooOld) {
      this.#parts.logger.warn({ commandId, name }, "gateway.commandTooOld");
      this.#answer(jobId);
      return;
    }
    const isRepeated = this.#parts.journal.hasCommand(commandId);
    if (this.#parts.driver.jobId !== jobId) this.#answer(jobId);
    if (this.#parts.driver.jobId !== jobId || isRepeated) return;
    if (name === "jobCancel") this.#parts.driver.cancel("cancelled");
    this.#parts.journal.append({ note: "command", commandId });
    if (name === "jobCancel") return;
    const kind = name === "jobHold" ? "hold" : "resume";
    void this.#parts.driver.inLane(() => this.#parts.driver.hold(kind)).catch(this.#broken);
  }

  #answer(jobId: string): void {
    const record = this.#parts.journal.byJob(jobId);
    if (record === undefined) this.#parts.voice().sayUnknown(jobId);
    else this.#restate(record);
  }

  /** Says again what is true of a job. */
  #restate(record: JobRecord): void {
    const { order, refusal, outcome, lost } = record;
    if (refusal !== undefined) this.#parts.voice().sayRejected(order, refusal);
    else if (outcome !== undefined) this.#sayReport(record);
    else {
      this.#parts.voice().sayAccepted(order);
      const { progress, message } = this.#parts.driver.status;
      if (lost !== undefined) this.#parts.voice().sayUnknown(order.jobId);
      else if (progress !== undefined) this.#parts.voice().sayProgress(order, progress, message);
    }
  }

  #sayReport(record: JobRecord): void {
    this.#parts.voice().sayReport(record, this.#parts.device.simulated ?? false);
  }

  readonly #broken = (error: unknown): void =>
    this.#parts.logger.error({ problem: wordsOf(error) }, "gateway.broken");
}

/** Anybody may stop; a clear counts from a person, or from the agent that has judged it (decision 120). */
function mayClear({ identity }: WireMessage): boolean {
  return /^(operator|agent)\//.test(identity.source);
}
