import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAgentMessages } from "../../adapters/mqtt/agent-messages.ts";
import { createWireCodec } from "../../adapters/mqtt/wire-codec.ts";
import { createPrng } from "../../src/core/prng.ts";
import { NAMES, SAMPLES, sampleTopic, wrap } from "../adapters/mqtt/sample-messages.ts";
import {
  type BrokerUnderTest,
  embedded,
  mosquitto,
  namedBroker,
  type RunningBroker,
  SITE,
} from "./brokers.ts";
import { Listener, until } from "./listener.ts";
import { mosquittoIsThere } from "./mosquitto.ts";

const MIB = 1024 * 1024;
const agent = { site: SITE, agentId: "a1", epoch: 4 };
const codec = createWireCodec({ site: SITE });

const named = namedBroker();
const own = mosquittoIsThere() ? [embedded, mosquitto] : [embedded];
const brokers = named === undefined ? own : [named];

describe.each(brokers)("the wire on $name", (broker: BrokerUnderTest) => {
  const { versions = [4, 5], hasWebSocket = true } = broker;
  let running: RunningBroker;
  let listener = new Listener();
  const clients: MqttClient[] = [];
  let uniqueId = 0;

  beforeAll(async () => {
    running = await broker.start({
      onMessage: (message) => listener.onMessage(message),
      onConnection: (connected) => listener.onConnection(connected),
    });
  });
  beforeEach(() => {
    for (const client of clients.splice(0)) client.end(true);
    listener = new Listener();
    listener.bus = running.bus;
  });
  afterAll(async () => {
    for (const client of clients) client.end(true);
    await running.stop();
  });

  async function connect(options: IClientOptions = {}, url = running.url): Promise<MqttClient> {
    const client = await mqtt.connectAsync(url, {
      clientId: `client-${++uniqueId}-${broker.name.length}`,
      reconnectPeriod: 0,
      ...options,
    });
    client.on("error", () => {});
    clients.push(client);
    return client;
  }

  function messagesOf(
    client: MqttClient,
  ): { topic: string; text: string; retain: boolean; dup: boolean }[] {
    const got: { topic: string; text: string; retain: boolean; dup: boolean }[] = [];
    client.on("message", (topic, payload, { retain, dup }) =>
      got.push({ topic, text: payload.toString(), retain, dup }),
    );
    return got;
  }

  const result = (id = `r-${++uniqueId}`): string =>
    JSON.stringify(wrap("jobResult", SAMPLES.jobResult, { id }));
  const accepted = (id: string): string =>
    JSON.stringify(wrap("jobAccepted", SAMPLES.jobAccepted, { id }));
  const online = (value: boolean, id: string): string =>
    JSON.stringify(wrap("instrumentOnline", { online: value, bootId: "b1" }, { id }));

  const doors = (
    [
      ["MQTT 3.1.1 over TCP", 4, "url"],
      ["MQTT 5 over TCP", 5, "url"],
      ["MQTT 3.1.1 over WebSocket", 4, "webSocketUrl"],
      ["MQTT 5 over WebSocket", 5, "webSocketUrl"],
    ] as const
  ).filter(([, version, door]) => versions.includes(version) && (hasWebSocket || door === "url"));
  describe.each(doors)("%s", (_, protocolVersion, address) => {
    test("a result arrives once, and its acknowledgement comes back", async () => {
      const client = await connect({ protocolVersion }, running[address]);
      const got = messagesOf(client);
      await client.subscribeAsync(sampleTopic("jobAck"), { qos: 1 });
      await client.publishAsync(sampleTopic("jobResult"), result(), { qos: 1 });
      await until(() => got.length === 1, "the ack");
      expect(listener.factsOf("job.result")).toHaveLength(1);
      expect(JSON.parse(got[0]?.text ?? "")).toMatchObject({
        type: "tieline.job.ack",
        source: "agent/a1",
        data: { jobId: "c1.e1.s1", attempt: 1 },
      });
    });

    test("a command reaches its instrument, not retained", async () => {
      const client = await connect({ protocolVersion }, running[address]);
      const got = messagesOf(client);
      await client.subscribeAsync(`tieline/v1/${SITE}/instrument/furnace1/command/+`, { qos: 1 });
      await running.bus.publish(startCommand("cmd.1"));
      await until(() => got.length === 1, "the command");
      const late = await connect({ protocolVersion }, running[address]);
      const gotLate = messagesOf(late);
      await late.subscribeAsync(`tieline/v1/${SITE}/#`, { qos: 1 });
      await running.bus.publish(createAgentMessages(agent).online(true, "0.1.0", 0));
      await until(
        () => gotLate.some(({ topic }) => topic.endsWith("agent/a1/online")),
        "the later message",
      );
      expect(gotLate.filter(({ topic }) => topic.includes("/command/"))).toEqual([]);
    });
  });

  function startCommand(commandId: string, notAfter_ms = 60_000) {
    const command = {
      type: "startJob",
      commandId,
      instrumentId: "furnace1",
      jobId: "c1.e1.s1",
    } as const;
    return codec.encode(
      {
        ...command,
        attempt: 1,
        campaignId: "c1",
        notAfter_ms,
        capability: "anneal",
        parameters: {},
        sampleIds: [],
      },
      agent,
      0,
    );
  }

  test("births and states are retained for whoever comes later", async () => {
    const client = await connect();
    const birth = JSON.stringify(
      wrap("instrumentBirth", SAMPLES.instrumentBirth, { id: `birth-${++uniqueId}` }),
    );
    await client.publishAsync(sampleTopic("instrumentBirth"), birth, { qos: 1, retain: true });
    await running.bus.publish(
      createAgentMessages(agent).campaignState(
        {
          campaignId: "c1",
          state: "running",
          revision: 1,
          budget: { used: 0, total: 1 },
          inFlight: 0,
          observations: 0,
        },
        0,
      ),
    );
    const late = await connect();
    const got = messagesOf(late);
    await late.subscribeAsync([sampleTopic("instrumentBirth"), sampleTopic("campaignState")], {
      qos: 1,
    });
    await until(() => got.length === 2, "both retained messages");
    expect(got.every(({ retain }) => retain)).toBe(true);
    await until(() => listener.factsOf("instrument.birth").length === 1, "the birth's fact");
  });

  test.each(versions)(
    "the will of a killed client (version %d) says that it is gone",
    async (protocolVersion) => {
      const will = {
        topic: sampleTopic("instrumentOnline"),
        payload: Buffer.from(online(false, `will-${++uniqueId}`)),
        qos: 1 as const,
        retain: true,
      };
      const client = await connect({ protocolVersion, will });
      await client.publishAsync(will.topic, online(true, `on-${++uniqueId}`), {
        qos: 1,
        retain: true,
      });
      client.stream.destroy();
      await until(() => listener.factsOf("instrument.online").length === 2, "the will");
      expect(listener.factsOf("instrument.online").map((fact) => fact.online)).toEqual([
        true,
        false,
      ]);
    },
  );

  test("a command that was not acknowledged comes again after the client was killed", async () => {
    const session = { clientId: `kept-${++uniqueId}`, clean: false, protocolVersion: 4 as const };
    const first = await connect(session);
    let received = 0;
    // Received, but the client dies before its PUBACK.
    first.handleMessage = () => {
      received++;
    };
    await first.subscribeAsync(`tieline/v1/${SITE}/instrument/furnace1/command/+`, { qos: 1 });
    await running.bus.publish(startCommand("cmd.again"));
    await until(() => received === 1, "the first delivery");
    first.stream.destroy();
    await new Promise<void>((resolve) => first.once("close", () => resolve()));
    const second = mqtt.connect(running.url, { ...session, reconnectPeriod: 0 });
    clients.push(second);
    const got = messagesOf(second);
    await until(() => got.length === 1, "the second delivery");
    expect(JSON.parse(got[0]?.text ?? "").id).toBe("cmd.again");
  });

  test.runIf(versions.includes(5))(
    "an instrument that was away finds its commands, but not the expired ones",
    async () => {
      const session = {
        clientId: `away-${++uniqueId}`,
        clean: false,
        protocolVersion: 5 as const,
        properties: { sessionExpiryInterval: 60 },
      };
      const first = await connect(session);
      await first.subscribeAsync(`tieline/v1/${SITE}/instrument/furnace1/command/+`, { qos: 1 });
      await first.endAsync();
      await running.bus.publish(startCommand("cmd.expired", 1000));
      await running.bus.publish(startCommand("cmd.valid"));
      await new Promise((resolve) => setTimeout(resolve, 2200));
      const second = mqtt.connect(running.url, { ...session, reconnectPeriod: 0 });
      clients.push(second);
      const got = messagesOf(second);
      await until(() => got.length >= 1, "the valid command");
      expect(got.map(({ text }) => JSON.parse(text).id)).toEqual(["cmd.valid"]);
    },
  );

  test("the same message sent again is one fact, and is acknowledged again", async () => {
    const client = await connect();
    const got = messagesOf(client);
    await client.subscribeAsync(sampleTopic("jobAck"), { qos: 1 });
    const same = result();
    for (let k = 0; k < 5; k++)
      await client.publishAsync(sampleTopic("jobResult"), same, { qos: 1 });
    await until(() => got.length === 5, "five acks");
    expect(listener.factsOf("job.result")).toHaveLength(1);
    expect(listener.duplicates).toBe(4);
  });

  test("order does not matter to the wire: a result before its acceptance arrives as both", async () => {
    const client = await connect();
    await client.publishAsync(sampleTopic("jobResult"), result(), { qos: 1 });
    await client.publishAsync(sampleTopic("jobAccepted"), accepted(`a-${++uniqueId}`), { qos: 1 });
    await until(() => listener.facts.length === 2, "both facts");
  });

  test.each(versions)(
    "an oversized message is counted and the connection (version %d) lives on",
    async (protocolVersion) => {
      const client = await connect({ protocolVersion });
      const other = await connect({ protocolVersion });
      const forwarded = messagesOf(other);
      await client.publishAsync(sampleTopic("jobResult"), Buffer.alloc(MIB + 1, 32), { qos: 1 });
      await client.publishAsync(sampleTopic("jobResult"), Buffer.alloc(3 * MIB, 32), { qos: 1 });
      await client.publishAsync(sampleTopic("jobAccepted"), accepted(`big-${++uniqueId}`), {
        qos: 1,
      });
      await until(() => listener.factsOf("job.accepted").length === 1, "the message after it");
      expect(listener.count("oversized")).toBe(2);
      expect(forwarded).toEqual([]);
    },
  );

  test("a retained command is refused", async () => {
    const client = await connect();
    const command = JSON.stringify(
      wrap("campaignAbort", SAMPLES.campaignAbort, { id: `op-${++uniqueId}` }),
    );
    await client.publishAsync(sampleTopic("campaignAbort"), command, { qos: 1, retain: true });
    if (broker === embedded) {
      await until(() => listener.count("retainedCommand") === 1, "the refusal");
      expect(listener.facts).toEqual([]);
      const late = await connect();
      const got = messagesOf(late);
      await late.subscribeAsync(`tieline/v1/${SITE}/campaign/#`, { qos: 1 });
      expect(got.filter(({ topic }) => topic.includes("/command/"))).toEqual([]);
    }
    await client.publishAsync(sampleTopic("campaignAbort"), "", { qos: 1, retain: true });
  });

  test("10 000 random byte strings on every topic change nothing but the counters", async () => {
    const client = await connect({ protocolVersion: versions.at(-1) ?? 5 });
    const prng = createPrng("random bytes on every topic");
    const topics = [
      ...NAMES.map(sampleTopic),
      `tieline/v1/${SITE}/instrument/x/nonsense`,
      "elsewhere",
    ];
    const sent: Promise<unknown>[] = [];
    for (let k = 0; k < 10_000; k++) {
      const payload = Buffer.from(
        Array.from({ length: 1 + prng.integer(200) }, () => prng.integer(256)),
      );
      const topic = topics[k % topics.length] ?? "";
      sent.push(client.publishAsync(topic, payload, { qos: 1 }));
      if (sent.length === 100) await Promise.all(sent.splice(0));
    }
    await Promise.all(sent);
    await client.publishAsync(sampleTopic("jobAccepted"), accepted(`after-${++uniqueId}`), {
      qos: 1,
    });
    await until(
      () => listener.factsOf("job.accepted").length === 1,
      "the message after them",
      30_000,
    );
    expect(listener.facts).toHaveLength(1);
    expect(listener.readings).toBe(0);
    expect(listener.count("notJson") + listener.count("wrongTopic")).toBeGreaterThan(3000);
  });

  test("bytes that are no MQTT end that connection only", async () => {
    const prng = createPrng("not MQTT");
    for (let k = 0; k < 50; k++) {
      const socket = connectTcp(Number(new URL(running.url).port), "127.0.0.1");
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.end(Buffer.from(Array.from({ length: 100 }, () => prng.integer(256))));
    }
    const client = await connect();
    await client.publishAsync(sampleTopic("jobAccepted"), accepted(`raw-${++uniqueId}`), {
      qos: 1,
    });
    await until(
      () => listener.factsOf("job.accepted").length === 1,
      "a message from another client",
    );
  });

  test("a message of ours over 1 MiB is refused with TL-2004", async () => {
    const view = createAgentMessages(agent).dashboard("overview", { big: "x".repeat(MIB) }, 0);
    await expect(running.bus.publish(view)).rejects.toMatchObject({ code: "TL-2004" });
  });

  test("readings at QoS 0 are shown, not kept", async () => {
    const client = await connect();
    await client.publishAsync(
      sampleTopic("telemetry"),
      JSON.stringify(wrap("telemetry", SAMPLES.telemetry)),
      { qos: 0 },
    );
    await until(() => listener.readings === 1, "the reading");
    expect(listener.facts).toEqual([]);
  });
});
