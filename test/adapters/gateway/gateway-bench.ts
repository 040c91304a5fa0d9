import type { MqttClient } from "mqtt";
import { expect, vi } from "vitest";
import { createEmbeddedBroker } from "../../../adapters/broker/embedded-broker.ts";
import { openClient } from "../../../adapters/mqtt/open-client.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { Mosquitto } from "../../contract/mosquitto.ts";

export type Data = Readonly<Record<string, unknown>>;

export interface Heard {
  readonly word: string;
  readonly id: string;
  readonly data: Data;
}

export interface TestBroker {
  readonly url: string;
  stop(): Promise<void>;
}

export async function embeddedBroker(): Promise<TestBroker> {
  const broker = createEmbeddedBroker({
    ...{ host: "127.0.0.1", port: 0, filters: [], logger: silentLogger },
    mayBeRetained: () => true,
  });
  await broker.start({ onMessage: async () => {}, onConnection: () => {} });
  const url = `mqtt://127.0.0.1:${String((broker as { port?: number }).port)}`;
  return { url, stop: () => broker.stop() };
}

export async function mosquittoBroker(): Promise<TestBroker> {
  const mosquitto = new Mosquitto();
  await mosquitto.start();
  return { url: `mqtt://127.0.0.1:${mosquitto.port}`, stop: () => mosquitto.stop() };
}

export const until = (check: () => void): Promise<void> => vi.waitFor(check, 45_000);

/** The agent's side of one instrument: says commands, hears everything. */
export class Agent {
  readonly heard: Heard[] = [];
  readonly #client: MqttClient;
  readonly #root: string;
  #commands = 0;

  private constructor(client: MqttClient, instrumentId: string) {
    this.#client = client;
    this.#root = `instrument/${instrumentId}`;
    client.on("message", (topic, payload) => {
      if (payload.length === 0 || topic.endsWith("/ack") || topic.includes("/command/")) return;
      const { id, data } = JSON.parse(payload.toString("utf8")) as { id: string; data: Data };
      this.heard.push({ word: topic.split("/").at(-1) ?? "", id, data });
    });
  }

  static async at(url: string, instrumentId: string): Promise<Agent> {
    const client = openClient(url, { reconnectPeriod: 100 });
    const agent = new Agent(client, instrumentId);
    await client.subscribeAsync(`tieline/v1/lab/instrument/${instrumentId}/#`, { qos: 1 });
    return agent;
  }

  count(word: string): number {
    return this.heard.filter((one) => one.word === word).length;
  }

  last(word: string): Data | undefined {
    return this.heard.filter((one) => one.word === word).at(-1)?.data;
  }

  async order(jobId: string, changes: Data = {}): Promise<void> {
    await this.say(`${this.#root}/command/start`, "job.start", {
      ...{ commandId: `start-${jobId}`, jobId, attempt: 1, campaignId: "c", epoch: 3 },
      notAfter: new Date(Date.now() + 60_000).toISOString(),
      ...{ capability: "anneal", parameters: { temperature_K: 300 } },
      ...changes,
    });
  }

  async control(kind: "hold" | "resume" | "cancel", jobId: string, changes: Data = {}) {
    const commandId = `${kind}-${++this.#commands}`;
    const data = { commandId, jobId, epoch: 3, ...changes };
    await this.say(`${this.#root}/command/${kind}`, `job.${kind}`, data);
  }

  async reconcile(jobIds: readonly string[], epoch = 3): Promise<void> {
    const commandId = `reconcile-${++this.#commands}`;
    const data = { commandId, jobIds, epoch };
    await this.say(`${this.#root}/command/reconcile`, "job.reconcile", data);
  }

  async acknowledge(jobId: string): Promise<void> {
    const data = { jobId, attempt: 1, position: 1 };
    await this.say(`${this.#root}/job/${jobId}/ack`, "job.ack", data);
  }

  async emergencyStop(active: boolean, retain: boolean): Promise<void> {
    const data = { active, by: "ada", reason: "smoke" };
    await this.say("safety/emergency-stop", "safety.emergencyStop", data, retain);
  }

  async say(
    path: string,
    type: string,
    data: Data,
    retain = false,
    source = "agent/t",
  ): Promise<void> {
    const envelope = {
      ...{ specversion: "1.0", id: `a${++this.#commands}`, source },
      ...{ type: `tieline.${type}`, time: new Date().toISOString(), data },
    };
    const text = JSON.stringify(envelope);
    await this.#client.publishAsync(`tieline/v1/lab/${path}`, text, { qos: 1, retain });
  }

  async untilSaid(word: string, data: Data, times = 1): Promise<void> {
    await until(() => {
      const fitting = this.heard.filter(
        (one) => one.word === word && expect.objectContaining(data).asymmetricMatch(one.data),
      );
      // Readings would push what was said about jobs and states out of sight.
      const telling = this.heard.filter(({ data: { value } }) => value === undefined).slice(-12);
      expect(fitting.length, `${word} ${JSON.stringify(telling)}`).toBeGreaterThanOrEqual(times);
    });
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
