import { hash32 } from "../../src/core/prng.ts";
import type { Capability, Control, Operation, Safety } from "../../src/domain/instrument.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { MessageData } from "../mqtt/contract.ts";
import { writeMessage } from "../mqtt/envelope.ts";
import type { Device, Reading } from "./device.ts";
import type { JobRecord, LastAck } from "./job-journal.ts";

export interface VoiceOptions {
  readonly site: string;
  readonly instrumentId: string;
  readonly now_ms: () => number;
  /** Hands a message to the broker, if it is there. */
  readonly say: (message: OutgoingMessage) => void;
}

export interface StateWords {
  readonly operation: Operation;
  readonly control: Control;
  readonly safety: Safety;
  readonly jobId?: string | undefined;
}

type Job = Pick<JobRecord["order"], "jobId" | "attempt">;

const PROGRESS_EVERY_ms = 1000;

/** What an instrument says, in the words of the wire contract. One voice a boot. */
export class GatewayVoice {
  readonly bootId: string;
  readonly #options: VoiceOptions;
  #words = 0;
  #sequence = 0;
  #state = "";
  #progressSaid_ms = Number.NEGATIVE_INFINITY;

  constructor(bootId: string, options: VoiceOptions) {
    this.bootId = bootId;
    this.#options = options;
  }

  online(isOnline: boolean): OutgoingMessage {
    const data = { online: isOnline, bootId: this.bootId };
    return this.#write("instrumentOnline", data);
  }

  sayBirth(
    { kind, capabilities, channels, simulated = false, anySetPoints = false }: Device,
    acknowledged: LastAck | undefined,
  ): void {
    this.#say("instrumentBirth", {
      bootId: this.bootId,
      kind,
      capabilities: capabilities.map(({ others: _, shares, consumes, ...one }) => ({
        ...one,
        ...(consumes === undefined ? {} : { consumes: consumes.map((used) => ({ ...used })) }),
        ...(shares === undefined ? {} : { shares: [...shares] }),
        parameters: declare(one, anySetPoints),
        ...(anySetPoints ? { others: { characters_max: TEXT_CHARACTERS_MAX } } : {}),
        results: [...one.results],
      })),
      simulated,
      ...(channels === undefined ? {} : { channels: { ...channels } }),
      journal: true,
      ...(acknowledged === undefined ? {} : { acknowledged: { ...acknowledged } }),
    });
  }

  /** Says where it stands; without `again` only where that has changed. */
  sayState(state: StateWords, again = false): void {
    const text = JSON.stringify(state);
    if (text === this.#state && !again) return;
    this.#state = text;
    this.#sequence += 1;
    const { jobId, ...words } = state;
    const named = jobId === undefined ? words : { ...words, jobId };
    this.#say("instrumentState", { bootId: this.bootId, seq: this.#sequence, ...named });
  }

  sayTelemetry({ channel, value, unit }: Reading): void {
    if (Number.isFinite(value)) this.#say("telemetry", { value, unit }, { channel });
  }

  sayAccepted({ jobId, attempt }: Job): void {
    this.#say("jobAccepted", { jobId, attempt }, { jobId });
  }

  sayRejected({ jobId, attempt }: Job, refusal: { reason: string; retryable: boolean }): void {
    this.#say("jobRejected", { jobId, attempt, ...refusal }, { jobId });
  }

  /** At most once a second. */
  sayProgress({ jobId, attempt }: Job, fraction: number, message?: string): void {
    const now_ms = this.#options.now_ms();
    if (now_ms - this.#progressSaid_ms < PROGRESS_EVERY_ms) return;
    this.#progressSaid_ms = now_ms;
    const text = message === undefined ? {} : { message: message.slice(0, 500) };
    this.#say("jobProgress", { jobId, attempt, fraction, ...text }, { jobId });
  }

  /** A result or a failure, under the same id and time whenever it is said. */
  sayReport(record: JobRecord, simulated: boolean): void {
    const { outcome, order, ended_ms } = record;
    if (outcome === undefined) return;
    const { jobId, attempt } = order;
    const time_ms = ended_ms ?? this.#options.now_ms();
    const about = { ids: { jobId }, id: reportId(record), time_ms };
    if (outcome.word === "failed") {
      const { reason, retryable } = outcome;
      this.#options.say(this.#write("jobFailed", { jobId, attempt, reason, retryable }, about));
      return;
    }
    const { observations, actual, raw } = outcome;
    // Checked against the contract before it was journaled; only the schema's type is not read-only.
    const observed = [...observations] as Data<"jobResult">["observations"];
    const data = {
      ...{ jobId, attempt, observations: observed, simulated },
      ...(actual === undefined ? {} : { actual: { ...actual } }),
      ...(raw === undefined ? {} : { raw: [...raw] }),
    };
    this.#options.say(this.#write("jobResult", data, about));
  }

  sayUnknown(jobId: string): void {
    this.#say("jobUnknown", { jobId }, { jobId });
  }

  #say<Name extends Spoken>(name: Name, data: Data<Name>, ids: Record<string, string> = {}): void {
    this.#options.say(this.#write(name, data, { ids }));
  }

  #write<Name extends Spoken>(
    name: Name,
    data: Data<Name>,
    about: {
      readonly ids?: Record<string, string>;
      readonly id?: string;
      readonly time_ms?: number;
    } = {},
  ): OutgoingMessage {
    const { site, instrumentId, now_ms } = this.#options;
    return writeMessage({
      ...{ name, site, data },
      ids: { instrumentId, ...about.ids },
      source: `instrument/${instrumentId}`,
      id: about.id ?? `${this.bootId}-${++this.#words}`,
      time_ms: about.time_ms ?? now_ms(),
    });
  }
}

type Spoken =
  | "instrumentOnline"
  | "instrumentBirth"
  | "instrumentState"
  | "telemetry"
  | "jobAccepted"
  | "jobRejected"
  | "jobProgress"
  | "jobResult"
  | "jobFailed"
  | "jobUnknown";

type Data<Name extends Spoken> = Parameters<typeof writeMessage<Name>>[0]["data"];

/** The same report, said again in whatever life of the gateway, has the same id. */
function reportId({ order, outcome, ended_ms }: JobRecord): string {
  const { jobId, attempt, commandId } = order;
  const content = hash32(JSON.stringify([commandId, ended_ms, outcome])).toString(36);
  return `${outcome?.word}.${jobId}.${attempt}.${content}`;
}

/** The longest text that the wire carries: a device that reads its own set points judges them itself. */
const TEXT_CHARACTERS_MAX = 2000;

/** A device that does not read its own set points needs every one that it declares, as the gateway checks at each start. */
function declare(
  { parameters }: Capability,
  anySetPoints: boolean,
): MessageData<"instrumentBirth">["capabilities"][number]["parameters"] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { choices, ramp, ...declared }]) => [
      name,
      {
        required: !anySetPoints,
        ...declared,
        ...(choices === undefined ? {} : { choices: [...choices] }),
        ...(ramp === undefined ? {} : { ramp: { ...ramp } }),
      },
    ]),
  );
}
