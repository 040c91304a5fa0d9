import type { MqttClient } from "mqtt";
import type { Clock, Timers } from "../../src/core/clock.ts";
import { LabError } from "../../src/core/errors.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import { answered, endOf } from "../mqtt/client-calls.ts";
import type { MessageData, MessageName } from "../mqtt/contract.ts";
import { writeMessage } from "../mqtt/envelope.ts";
import { openClient } from "../mqtt/open-client.ts";
import { readFrom, type WireMessage } from "../mqtt/read-message.ts";
import { topicOf } from "../mqtt/topics.ts";

export interface CertifierOptions {
  readonly broker: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly site: string;
  readonly instrumentId: string;
  /** Not older than any that the instrument has seen. */
  readonly epoch: number;
  readonly clock: Clock & Timers;
}

/** One message of the instrument, and when it came. */
export interface Heard {
  readonly message: WireMessage;
  readonly id: string;
  readonly sent_ms: number;
  readonly heard_ms: number;
  readonly retained: boolean;
}

type DataOf<Name extends MessageName> = Extract<WireMessage, { readonly name: Name }>["data"];

const CAMPAIGN = "conformance";
/** Who examines, on the wire. */
const SOURCE = "agent/conformance";
const CONNECT_WITHIN_ms = 10_000;

/** The agent's side of one instrument, for an examination: says what a daemon would say, remembers everything that it hears. */
export class Certifier {
  readonly heard: Heard[] = [];
  /** What was said against the contract: topic and reason. */
  readonly refused: string[] = [];
  readonly epoch: number;
  readonly #options: CertifierOptions;
  readonly #client: MqttClient;
  #commands = 0;
  /** A daemon that is on this broker and site. */
  daemon: string | undefined;
  /** The broker retains a start of an examination. */
  startIsLeft = false;
  /** Whose emergency stop is active. */
  stoppedBy: string | undefined;
  readonly #run: string;

  private constructor(options: CertifierOptions, client: MqttClient) {
    this.#options = options;
    this.#client = client;
    this.epoch = options.epoch;
    this.#run = options.clock.now_ms().toString(36);
    client.on("message", (topic, payload, packet) => this.#hear(topic, payload, packet.retain));
  }

  /** TL-2001 where the broker cannot be reached. */
  static async connect(options: CertifierOptions): Promise<Certifier> {
    const { broker, username, password } = options;
    const client = openClient(broker, {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...{ protocolVersion: 4, connectTimeout: CONNECT_WITHIN_ms, reconnectPeriod: 0 },
    });
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      const fail = (cause?: unknown): void =>
        reject(new LabError("TL-2001", `The broker ${broker} cannot be reached`, { cause }));
      client.once("error", fail);
      client.once("close", () => fail());
    });
    const certifier = new Certifier(options, client);
    await certifier.subscribe();
    return certifier;
  }

  /** Again: the broker says once more what it retains. */
  async subscribe(): Promise<void> {
    const { site, instrumentId } = this.#options;
    const stop = topicOf(site, "emergencyStop", {});
    const prefix = stop.replace(/safety\/.*$/, "");
    const filters = [`${prefix}instrument/${instrumentId}/#`, `${prefix}agent/+/online`, stop];
    await answered(this.#client, this.#client.subscribeAsync(filters, { qos: 1 }));
  }

  now_ms(): number {
    return this.#options.clock.now_ms();
  }

  /** A name of this run: jobs and commands of an earlier examination are others. */
  newId(word: string): string {
    return `${word}-${this.#run}-${++this.#commands}`;
  }

  all<Name extends MessageName>(name: Name): (Heard & { readonly data: DataOf<Name> })[] {
    return this.heard.flatMap((one) =>
      one.message.name === name ? [{ ...one, data: one.message.data as DataOf<Name> }] : [],
    );
  }

  of<Name extends MessageName>(name: Name, jobId: string) {
    return this.all(name).filter(({ data }) => (data as { jobId?: string }).jobId === jobId);
  }

  /** Waits until it holds; false where it does not within the time. */
  async until(holds: () => boolean, wait_ms: number): Promise<boolean> {
    const { clock } = this.#options;
    const end_ms = clock.now_ms() + wait_ms;
    while (!holds()) {
      if (clock.now_ms() >= end_ms) return false;
      await this.pause(10);
    }
    return true;
  }

  async pause(wait_ms: number): Promise<void> {
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      clock.schedule(clock.now_ms() + wait_ms, resolve);
    });
  }

  async start(
    job: { readonly jobId: string; readonly capability: string; readonly parameters: Parameters },
    changes: Partial<MessageData<"jobStart">> = {},
    retain = false,
  ): Promise<void> {
    const data = {
      ...{ commandId: `start-${job.jobId}`, attempt: 1, campaignId: CAMPAIGN },
      ...{ epoch: this.epoch, ...job, parameters: { ...job.parameters } },
      notAfter: new Date(this.now_ms() + 60_000).toISOString(),
      ...changes,
    };
    await this.#say("jobStart", data, {}, retain);
  }

  async control(name: "jobHold" | "jobResume" | "jobCancel", jobId: string): Promise<void> {
    const commandId = this.newId("control");
    await this.#say(name, { commandId, jobId, epoch: this.epoch });
  }

  async reconcile(jobIds: string[]): Promise<void> {
    const commandId = this.newId("reconcile");
    await this.#say("jobReconcile", { commandId, jobIds, epoch: this.epoch });
  }

  async acknowledge(jobId: string): Promise<void> {
    await this.#say("jobAck", { jobId, attempt: 1, position: 1 }, { jobId });
  }

  async emergencyStop(active: boolean): Promise<void> {
    const data = { active, by: "conformance", reason: "examination" };
    const source = SOURCE;
    await this.#say("emergencyStop", data, {}, true, source);
    if (!active) await this.#forget(topicOf(this.#options.site, "emergencyStop", {}));
  }

  /** An emergency stop of an examination, this one or one that was broken off. */
  get stopIsOurs(): boolean {
    return this.stoppedBy === SOURCE;
  }

  /** Makes the broker forget a retained command of ours. */
  async forgetStart(): Promise<void> {
    const { site, instrumentId } = this.#options;
    await this.#forget(topicOf(site, "jobStart", { instrumentId }));
  }

  async close(): Promise<void> {
    await endOf(this.#client);
  }

  async #forget(topic: string): Promise<void> {
    await this.#publish(topic, "", true);
  }

  async #publish(topic: string, payload: string, retain: boolean): Promise<void> {
    const sent = this.#client.publishAsync(topic, payload, { qos: 1, retain });
    await answered(this.#client, sent);
  }

  async #say<Name extends MessageName>(
    name: Name,
    data: MessageData<Name>,
    ids: Record<string, string> = {},
    retain = false,
    source = SOURCE,
  ): Promise<void> {
    const { site, instrumentId } = this.#options;
    const { topic, payload } = writeMessage<Name>({
      ...{ name, site, source, data, ids: { instrumentId, ...ids } },
      ...{ id: this.newId("m"), time_ms: this.now_ms() },
    });
    await this.#publish(topic, payload, retain);
  }

  #hear(topic: string, payload: Uint8Array, retained: boolean): void {
    if (retained && topic.endsWith("/command/start"))
      this.startIsLeft = payload.byteLength > 0 && Buffer.from(payload).includes(CAMPAIGN);
    if (payload.byteLength === 0 || topic.includes("/command/") || topic.endsWith("/ack")) return;
    const read = readFrom(this.#options.site, topic, payload);
    if (typeof read === "string" || read.kind === "refused") {
      const why = typeof read === "string" ? `the topic is ${read}` : read.refusal.detail;
      this.refused.push(`${topic}: ${why}`);
      return;
    }
    const { message } = read;
    if (message.name === "agentOnline") {
      if (message.data.online) this.daemon = message.identity.source;
      return;
    }
    if (message.name === "emergencyStop") {
      this.stoppedBy = message.data.active ? message.identity.source : undefined;
      return;
    }
    const { time } = JSON.parse(Buffer.from(payload).toString("utf8")) as { time: string };
    const { id } = message.identity;
    this.heard.push({ message, id, sent_ms: Date.parse(time), heard_ms: this.now_ms(), retained });
  }
}
