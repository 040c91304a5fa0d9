import type { MqttClient } from "mqtt";
import { openClient } from "../../adapters/mqtt/open-client.ts";
import type { InstrumentBirth } from "../../src/domain/instrument.ts";
import type { Upkeep } from "../../src/domain/upkeep.ts";
import { SITE } from "../contract/brokers.ts";

export interface StartCommand {
  readonly jobId: string;
  readonly attempt: number;
  readonly parameters: Record<string, number | string>;
  readonly sampleIds?: readonly string[];
}

export interface Script extends Upkeep {
  readonly id: string;
  readonly capabilities: InstrumentBirth["capabilities"];
  readonly channels?: InstrumentBirth["channels"];
  readonly bootId?: string;
  /** Absent: its id. A second controller of one name has a client id of its own, or pushes the first one out. */
  readonly clientId?: string;
  /** Observations of its results; `undefined` lets the job run on. */
  readonly measure?: (command: StartCommand) => readonly object[] | undefined;
  /** Hears its start commands and answers none. */
  readonly isMute?: boolean;
  readonly actual?: (command: StartCommand) => Record<string, number>;
}

/** An instrument of a few lines over real MQTT: says the birth it is given, does what it is told, says what a test wants. */
export class ScriptedInstrument {
  readonly started: StartCommand[] = [];
  /** Commands besides start, with the time of their arrival. */
  readonly commands: { readonly name: string; readonly jobId?: string; readonly at_ms: number }[] =
    [];
  readonly stops: { readonly active: boolean; readonly at_ms: number }[] = [];
  readonly acknowledged: string[] = [];
  readonly client: MqttClient;
  private readonly script: Script;
  private said = 0;
  private seq = 0;
  /** Of its last birth: under it speak its states. */
  private bootId: string;
  private readonly ready: Promise<void>;

  constructor(url: string, script: Script) {
    this.script = script;
    this.bootId = script.bootId ?? "b1";
    this.client = openClient(url, {
      clientId: script.clientId ?? script.id,
      clean: false,
      reconnectPeriod: 100,
      will: this.willOf(script.id),
    });
    this.client.on("error", () => {});
    this.client.on("message", (topic, payload) => this.hear(topic, payload.toString()));
    this.ready = new Promise((resolve) => {
      this.client.on("connect", () => {
        this.introduce();
        resolve();
      });
    });
  }

  async isReady(): Promise<void> {
    await this.ready;
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }

  /** Says its birth again, e.g. with other capabilities. */
  sayBirth(change: Partial<Script> = {}): void {
    const { capabilities, channels, bootId = this.bootId, ...rest } = { ...this.script, ...change };
    this.bootId = bootId;
    const { calibration, maintenance, stock } = rest;
    const upkeep = { calibration, maintenance, stock };
    const data = { bootId, kind: "scripted", capabilities, channels, ...upkeep, simulated: true };
    this.say("birth", "instrument.birth", data);
  }

  sayState(
    words: { operation?: string; control?: string; jobId?: string | undefined; seq?: number } = {},
  ): void {
    const { bootId } = this;
    this.seq = words.seq ?? this.seq + 1;
    const rest = { operation: "idle", control: "automatic", safety: "ok", ...words };
    this.say("state", "instrument.state", { bootId, ...rest, seq: this.seq });
  }

  telemetry(channel: string, value: number, unit: string, time?: Date): void {
    this.say(`telemetry/${channel}`, "instrument.telemetry", { value, unit }, undefined, time);
  }

  finish(command: StartCommand, observations: readonly object[]): void {
    const { jobId, attempt } = command;
    const actual = this.script.actual?.(command);
    const data = { jobId, attempt, observations, actual, simulated: true };
    this.say(`job/${jobId}/result`, "job.result", data, `r.${jobId}.${attempt}`);
    this.sayState();
  }

  say(topic: string, type: string, data: object, id?: string, time = new Date()): void {
    const message = {
      specversion: "1.0",
      id: id ?? `${process.pid}.${performance.now()}.${++this.said}`,
      source: `instrument/${this.script.id}`,
      type: `tieline.${type}`,
      time: time.toISOString(),
      data,
    };
    const retain = /^(online|birth|state)$/.test(topic);
    const qos = topic.startsWith("telemetry") ? 0 : 1;
    this.client.publish(`${this.here}/${topic}`, JSON.stringify(message), { qos, retain });
  }

  private get here(): string {
    return `tieline/v1/${SITE}/instrument/${this.script.id}`;
  }

  private willOf(id: string) {
    const data = { online: false, bootId: this.script.bootId ?? "b1" };
    const envelope = {
      specversion: "1.0",
      id: `will.${performance.now()}`,
      source: `instrument/${id}`,
      type: "tieline.instrument.online",
      time: new Date().toISOString(),
      data,
    };
    const topic = `tieline/v1/${SITE}/instrument/${id}/online`;
    return { topic, payload: Buffer.from(JSON.stringify(envelope)), qos: 1 as const, retain: true };
  }

  private introduce(): void {
    const stop = `tieline/v1/${SITE}/safety/emergency-stop`;
    this.client.subscribe([`${this.here}/command/+`, `${this.here}/job/+/ack`, stop], { qos: 1 });
    const { bootId = "b1" } = this.script;
    this.say("online", "instrument.online", { online: true, bootId });
    this.sayBirth();
    this.sayState();
  }

  private hear(topic: string, payload: string): void {
    const { data } = JSON.parse(payload) as { data: StartCommand & { active: boolean } };
    const at_ms = performance.now();
    const name = topic.split("/").at(-1) ?? "";
    if (name === "emergency-stop") this.stops.push({ active: data.active, at_ms });
    else if (name === "ack") this.acknowledged.push(data.jobId);
    else if (name === "start") this.start(data);
    else this.commands.push({ name, jobId: data.jobId, at_ms });
    if (name === "cancel") this.cancel(data.jobId);
  }

  accept(jobId: string): void {
    const { attempt = 1 } = this.started.findLast((one) => one.jobId === jobId) ?? {};
    this.say(`job/${jobId}/accepted`, "job.accepted", { jobId, attempt }, `a.${jobId}.${attempt}`);
  }

  private start(command: StartCommand): void {
    const { jobId } = command;
    this.started.push(command);
    if (this.script.isMute === true) return;
    this.accept(jobId);
    const observations = this.script.measure?.(command);
    if (observations !== undefined) this.finish(command, observations);
    else this.sayState({ operation: "busy", jobId });
  }

  private cancel(jobId: string): void {
    const { attempt = 1 } = this.started.findLast((one) => one.jobId === jobId) ?? {};
    const data = { jobId, attempt, reason: "cancelled by command", retryable: false };
    this.say(`job/${jobId}/failed`, "job.failed", data, `f.${jobId}.${attempt}`);
    this.sayState();
  }
}
