import mqtt, { type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { createEmbeddedBroker } from "../../adapters/broker/embedded-broker.ts";
import { createBrokerClient } from "../../adapters/mqtt/broker-client.ts";
import { daemonFilters, mayBeRetained } from "../../adapters/mqtt/topics.ts";
import type { MessageBus } from "../../src/events/message-bus.ts";
import { SAMPLES, sampleTopic, wrap } from "../adapters/mqtt/sample-messages.ts";
import { SITE } from "./brokers.ts";
import { Listener, until } from "./listener.ts";
import { Mosquitto, mosquittoIsThere } from "./mosquitto.ts";

const RESEND_ms = 50;
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** Resends its results until each has its `ack`, as the contract asks of every instrument. */
class PatientInstrument {
  readonly unacknowledged = new Map<string, string>();
  private readonly client: MqttClient;

  constructor(url: string) {
    this.client = mqtt.connect(url, {
      clientId: "patient",
      reconnectPeriod: RESEND_ms,
      queueQoSZero: false,
    });
    this.client.on("error", () => {});
    this.client.on("connect", () => {
      this.client.subscribe(`tieline/v1/${SITE}/instrument/furnace1/job/+/ack`, { qos: 1 });
    });
    this.client.on("message", (_, payload) => {
      this.unacknowledged.delete(JSON.parse(payload.toString()).data.jobId);
    });
    const timer = setInterval(() => this.resend(), RESEND_ms);
    cleanUp.push(() => {
      clearInterval(timer);
      return this.client.endAsync(true);
    });
  }

  finish(jobId: string): void {
    const data = { ...SAMPLES.jobResult, jobId };
    this.unacknowledged.set(
      jobId,
      JSON.stringify(wrap("jobResult", data, { id: `result.${jobId}` })),
    );
    this.resend();
  }

  private resend(): void {
    if (!this.client.connected) return;
    for (const [jobId, payload] of this.unacknowledged) {
      const topic = sampleTopic("jobResult").replace("c1.e1.s1", jobId);
      this.client.publish(topic, payload, { qos: 1 });
    }
  }
}

describe.runIf(mosquittoIsThere())("Mosquitto killed hard", () => {
  test("no result is lost, none counts twice, and the daemon comes back by itself", async () => {
    const broker = new Mosquitto();
    await broker.start();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const listener = new Listener();
    const bus = createBrokerClient({ url, clientId: "agent", filters: daemonFilters(SITE) });
    listener.bus = bus;
    cleanUp.push(
      () => broker.stop(),
      () => bus.stop(),
    );
    await bus.start(listener);
    const instrument = new PatientInstrument(url);
    for (let k = 0; k < 20; k++) instrument.finish(`before${k}`);
    await broker.kill();
    for (let k = 0; k < 20; k++) instrument.finish(`during${k}`);
    await until(() => listener.connections.at(-1) === false, "the daemon notices");
    await broker.start();
    await until(() => instrument.unacknowledged.size === 0, "every result acknowledged", 20_000);
    expect(new Set(listener.factsOf("job.result").map(({ jobId }) => jobId)).size).toBe(40);
    expect(listener.factsOf("job.result")).toHaveLength(40);
    expect(listener.connections.at(-1)).toBe(true);
  });

  test("what was sent while the daemon was away waits for it", async () => {
    const broker = new Mosquitto();
    await broker.start();
    cleanUp.push(() => broker.stop());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const daemon = (listener: Listener): MessageBus => {
      const bus = createBrokerClient({ url, clientId: "agent", filters: daemonFilters(SITE) });
      listener.bus = bus;
      return bus;
    };
    const first = daemon(new Listener());
    await first.start(new Listener());
    await first.stop();
    const client = await mqtt.connectAsync(url);
    cleanUp.push(() => client.endAsync(true));
    await client.publishAsync(
      sampleTopic("campaignPause"),
      JSON.stringify(wrap("campaignPause", SAMPLES.campaignPause)),
      { qos: 1 },
    );
    const listener = new Listener();
    const second = daemon(listener);
    cleanUp.push(() => second.stop());
    await second.start(listener);
    await until(() => listener.factsOf("operator.command").length === 1, "the command");
  });
});

describe("the embedded broker started again", () => {
  test("no result is lost, none counts twice", async () => {
    const listener = new Listener();
    const start = async (port: number): Promise<ReturnType<typeof createEmbeddedBroker>> => {
      const broker = createEmbeddedBroker({
        port,
        filters: daemonFilters(SITE),
        mayBeRetained: (topic) => mayBeRetained(SITE, topic),
      });
      listener.bus = broker;
      await broker.start(listener);
      return broker;
    };
    const first = await start(0);
    const { port } = first;
    const instrument = new PatientInstrument(`mqtt://127.0.0.1:${port}`);
    for (let k = 0; k < 20; k++) instrument.finish(`before${k}`);
    await until(() => listener.facts.length > 0, "a first result");
    await first.stop();
    for (let k = 0; k < 20; k++) instrument.finish(`during${k}`);
    const second = await start(port);
    cleanUp.push(() => second.stop());
    await until(() => instrument.unacknowledged.size === 0, "every result acknowledged");
    expect(listener.factsOf("job.result")).toHaveLength(40);
  });
});
