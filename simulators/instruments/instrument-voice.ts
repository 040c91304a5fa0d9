import type { Clock, Timers } from "../../src/core/clock.ts";
import type { Control, Operation, Safety } from "../../src/domain/instrument.ts";
import type { InstrumentConnection, WireMessage } from "../connections/instrument-connection.ts";
import type { InstrumentFaults } from "../faults/fault-plan.ts";
import { siteTopic, writeEnvelope } from "../wire/envelope.ts";
import type { JobKey } from "./controller-memory.ts";
import type { SimulatedDevice, TelemetryReading } from "./simulated-device.ts";

export interface VoiceOptions {
  readonly site: string;
  readonly instrumentId: string;
  readonly bootId: string;
  readonly clock: Clock & Timers;
  readonly faults: InstrumentFaults;
}

export interface InstrumentState {
  readonly operation: Operation;
  readonly control: Control;
  readonly safety: Safety;
  readonly jobId?: string | undefined;
}

/** Everything that one life of an instrument says; topics, envelopes, qualities of service by the wire contract. */
export class InstrumentVoice {
  readonly #options: VoiceOptions;
  #connection: InstrumentConnection | undefined;
  #messages = 0;
  #stateSeq = 0;

  constructor(options: VoiceOptions) {
    this.#options = options;
  }

  use(connection: InstrumentConnection | undefined): void {
    this.#connection = connection;
  }

  /** A message identifier that this source has never used. */
  nextMessageId(): string {
    this.#messages += 1;
    return `${this.#options.bootId}-${this.#messages}`;
  }

  onlineMessage(online: boolean, id = this.nextMessageId()): WireMessage {
    const data = { online, bootId: this.#options.bootId };
    const payload = this.#envelope("tieline.instrument.online", data, id);
    return { topic: this.#topic("online"), payload, qos: 1, retain: true };
  }

  sayOnline(online: boolean): Promise<void> {
    return this.#send(this.onlineMessage(online));
  }

  /** `acknowledged`: the last report of which it has heard that the agent has it on disk. */
  sayBirth(
    { kind, capabilities, channels }: SimulatedDevice,
    acknowledged: (JobKey & { readonly position: number }) | undefined,
  ): void {
    const { bootId, faults } = this.#options;
    // Its "no record of it" means "never began", unless it is one that forgets.
    const journal = faults.forgets !== true;
    const data = { bootId, kind, capabilities, channels, simulated: true, journal, acknowledged };
    const payload = this.#envelope("tieline.instrument.birth", data);
    void this.#send({ topic: this.#topic("birth"), payload, qos: 1, retain: true });
  }

  sayState(state: InstrumentState): void {
    const { bootId } = this.#options;
    this.#stateSeq += 1;
    const payload = this.#envelope("tieline.instrument.state", {
      bootId,
      seq: this.#stateSeq,
      ...state,
    });
    void this.#send({ topic: this.#topic("state"), payload, qos: 1, retain: true });
  }

  sayTelemetry({ channel, value, unit }: TelemetryReading): void {
    const payload = this.#envelope("tieline.instrument.telemetry", { value, unit });
    void this.#send({ topic: this.#topic(`telemetry/${channel}`), payload, qos: 0, retain: false });
  }

  /** Says one word about a job: accepted, rejected, progress, result, failed, unknown; late and repeated where faulty. */
  sayAboutJob(word: string, jobId: string, data: Readonly<Record<string, unknown>>): void {
    this.sayRaw(word, jobId, this.envelopeAboutJob(word, data));
  }

  envelopeAboutJob(
    word: string,
    data: Readonly<Record<string, unknown>>,
    id?: string,
    time_ms?: number,
  ): string {
    return this.#envelope(`tieline.job.${word}`, data, id, time_ms);
  }

  sayRaw(word: string, jobId: string, payload: string): void {
    const qos = word === "progress" ? 0 : 1;
    const message: WireMessage = {
      topic: this.#topic(`job/${jobId}/${word}`),
      payload,
      qos,
      retain: false,
    };
    const { clock, faults } = this.#options;
    const send = (): void => {
      for (let k = 0; k <= (faults.repeats ?? 0); k++) void this.#send(message);
    };
    const late_s = faults.answersLate_s ?? 0;
    if (late_s > 0) clock.schedule(clock.now_ms() + late_s * 1000, send);
    else send();
  }

  #topic(rest: string): string {
    const { site, instrumentId } = this.#options;
    return siteTopic(site, `instrument/${instrumentId}/${rest}`);
  }

  #envelope(
    type: string,
    data: Readonly<Record<string, unknown>>,
    id = this.nextMessageId(),
    time_ms = this.#options.clock.now_ms(),
  ): string {
    return writeEnvelope({
      id,
      source: `instrument/${this.#options.instrumentId}`,
      type,
      time_ms,
      data,
    });
  }

  /** What cannot be sent now is said again after the reconnection (births, states, results) or asked for (`reconcile`). */
  async #send(message: WireMessage): Promise<void> {
    if (this.#connection?.connected !== true) return;
    await this.#connection.publish(message).catch(() => {});
  }
}
