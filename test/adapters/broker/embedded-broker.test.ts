import { once } from "node:events";
import { connect as connectTcp, createServer } from "node:net";
import mqtt from "mqtt";
import { afterEach, expect, test } from "vitest";
import {
  createEmbeddedBroker,
  type EmbeddedBroker,
} from "../../../adapters/broker/embedded-broker.ts";
import { LabError } from "../../../src/core/errors.ts";
import { type Logger, silentLogger } from "../../../src/core/logger.ts";
import type { BusHandlers } from "../../../src/events/message-bus.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function start(
  onMessage: BusHandlers["onMessage"],
  port = 0,
  webSocketPort?: number,
  logger: Logger = silentLogger,
): Promise<EmbeddedBroker> {
  const broker = createEmbeddedBroker({
    port,
    webSocketPort,
    filters: ["lab/#"],
    mayBeRetained: () => true,
    logger,
  });
  cleanUp.push(() => broker.stop());
  await broker.start({ onMessage, onConnection: () => {} });
  return broker;
}

async function connect(broker: EmbeddedBroker, protocolVersion: 4 | 5 = 5) {
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const client = await mqtt.connectAsync(url, { protocolVersion, reconnectPeriod: 0 });
  client.on("error", () => {});
  cleanUp.push(() => client.endAsync(true));
  return client;
}

test("PUBACK waits until the message is in the log", async () => {
  let commit = (): void => {};
  const broker = await start(() => new Promise<void>((resolve) => (commit = resolve)));
  const client = await connect(broker);
  let acknowledged = false;
  const published = client.publishAsync("lab/x", "1", { qos: 1 }).then(() => (acknowledged = true));
  // Another client's round trip proves that the broker had every chance to answer.
  await (await connect(broker)).publishAsync("elsewhere", "2", { qos: 1 });
  expect(acknowledged).toBe(false);
  commit();
  await published;
});

test("what one client sends together is handled together, so one sync serves many", async () => {
  let waiting = 0;
  let most = 0;
  const commits: (() => void)[] = [];
  const broker = await start(() => {
    most = Math.max(most, ++waiting);
    return new Promise<void>((resolve) => commits.push(resolve));
  });
  const client = await connect(broker);
  const sent = Array.from({ length: 200 }, (_, k) =>
    client.publishAsync("lab/x", String(k), { qos: 1 }),
  );
  const timer = setInterval(() => {
    waiting -= commits.length;
    for (const commit of commits.splice(0)) commit();
  }, 5);
  await Promise.all(sent);
  clearInterval(timer);
  expect(most).toBeGreaterThan(20);
});

test.each([4, 5] as const)(
  "where the log fails there is no PUBACK, the connection (version %d) ends",
  async (version) => {
    const broker = await start(() => Promise.reject(new Error("disk full")));
    const client = await connect(broker, version);
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    let acknowledged = false;
    client.publish("lab/x", "1", { qos: 1 }, (error) => {
      acknowledged = error === undefined || error === null;
    });
    await closed;
    expect(acknowledged).toBe(false);
  },
);

test("a port that is taken is TL-2002, and nothing stays open", async () => {
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  cleanUp.push(async () => taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(start(async () => {}, port)).rejects.toMatchObject({ code: "TL-2002" });
  await expect(start(async () => {}, 0, port)).rejects.toMatchObject({ code: "TL-2002" });
});

test("an address that is not of this machine is TL-2005", async () => {
  const broker = createEmbeddedBroker({
    host: "192.0.2.1",
    port: 0,
    filters: [],
    mayBeRetained: () => true,
  });
  const started = broker.start({ onMessage: async () => {}, onConnection: () => {} });
  await expect(started).rejects.toThrow(LabError);
  await expect(started).rejects.toMatchObject({ code: "TL-2005" });
});

test("a stopped broker refuses to publish and may be stopped again", async () => {
  const broker = await start(async () => {});
  await broker.stop();
  await broker.stop();
  await expect(
    broker.publish({ topic: "lab/x", payload: "", qos: 1, retain: false }),
  ).rejects.toMatchObject({ code: "TL-2001" });
});

/** Half of what the broker's library waits for a CONNECT, a third of what it waits for a reader. */
const AT_ONCE = { timeout: 15_000 };

/** CONNECT of MQTT 3.1.1: protocol MQTT, level 4, clean session, keep-alive 60 s, client id "late". */
const CONNECT = Buffer.from(
  "1010 0004 4d515454 04 02 003c 0004 6c617465".replaceAll(" ", ""),
  "hex",
);

test.each([
  ["says nothing", "before", undefined],
  ["says CONNECT in the midst of the stop", "during", CONNECT],
] as const)("a stop waits for nobody who %s", AT_ONCE, async (_, __, bytes) => {
  const broker = await start(async () => {});
  const socket = connectTcp(broker.port, "127.0.0.1");
  socket.on("error", () => {});
  cleanUp.push(async () => socket.destroy());
  await once(socket, "connect");
  // A round trip of another client: the broker has the silent one's connection, too.
  await (await connect(broker)).publishAsync("elsewhere", "", { qos: 1 });
  const ended = once(socket, "close");
  const stopped = broker.stop();
  if (bytes !== undefined) socket.write(bytes);
  await stopped;
  await ended;
});

/** A client that is connected and subscribed, and has ceased to read: a laptop that sleeps. */
async function deaf(broker: EmbeddedBroker, topic: string) {
  const client = await connect(broker);
  await client.subscribeAsync(topic, { qos: 0 });
  client.stream.pause();
  return client;
}

const LARGE = "x".repeat(1_000_000);
function publishLarge(broker: EmbeddedBroker, times: number): Promise<void>[] {
  const message = { topic: "big", payload: LARGE, qos: 0, retain: false } as const;
  return Array.from({ length: times }, () => broker.publish(message));
}

test("nobody waits for a subscriber that has ceased to read", AT_ONCE, async () => {
  const broker = await start(async () => {});
  const asleep = await deaf(broker, "big");
  const awake = await connect(broker);
  await awake.subscribeAsync("stop", { qos: 1 });
  const heard = new Promise((resolve) => awake.once("message", resolve));
  // More than the broker's library takes up at a time, less than what ends the sleeper's connection.
  const sent = publishLarge(broker, 30);
  for (let k = 0; k < 200; k++)
    sent.push(broker.publish({ topic: "big", payload: "", qos: 0, retain: false }));
  await broker.publish({ topic: "stop", payload: "1", qos: 1, retain: true });
  await heard;
  await Promise.all(sent);
  expect(asleep.connected).toBe(true);
  await broker.stop();
});

test("a subscriber for whom too much lies unread is ended, the others stay", async () => {
  const warnings: unknown[][] = [];
  const broker = await start(async () => {}, 0, undefined, {
    ...silentLogger,
    warn: (...said: unknown[]) => void warnings.push(said),
  });
  const asleep = await deaf(broker, "big");
  const awake = await connect(broker);
  const closed = new Promise<void>((resolve) => asleep.once("close", () => resolve()));
  await Promise.all(publishLarge(broker, 90));
  asleep.stream.resume();
  await closed;
  const about = { client: asleep.options.clientId, bytes: expect.any(Number) };
  expect(warnings).toContainEqual([about, "broker.clientDoesNotRead"]);
  await awake.publishAsync("elsewhere", "", { qos: 1 });
});

/** A client with a kept session that is away. */
async function away(broker: EmbeddedBroker) {
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const how = { protocolVersion: 4, clientId: "away", clean: false, reconnectPeriod: 0 } as const;
  const client = mqtt.connect(url, how);
  const heard: string[] = [];
  client.on("message", (topic) => heard.push(topic));
  await once(client as unknown as NodeJS.EventEmitter, "connect");
  await client.subscribeAsync("#", { qos: 1 });
  return { client, heard, end: () => client.endAsync() };
}

test("what waits for a client that is away has a bound, said once; the oldest are kept", async () => {
  const warnings: unknown[][] = [];
  const broker = await start(async () => {}, 0, undefined, {
    ...silentLogger,
    warn: (...said: unknown[]) => void warnings.push(said),
  });
  await (await away(broker)).end();
  for (let k = 0; k < 80; k++)
    await broker.publish({ topic: `m/${k}`, payload: LARGE, qos: 1, retain: false });
  expect(warnings).toEqual([
    [{ client: "away", bytes: expect.any(Number) }, "broker.sessionIsFull"],
  ]);
  const back = await away(broker);
  await expect.poll(() => back.heard.length, { timeout: 10_000 }).toBeGreaterThan(30);
  // Fetched, so there is room again.
  await expect
    .poll(
      async () => {
        await broker.publish({ topic: "again", payload: "", qos: 1, retain: false });
        return back.heard.includes("again");
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  expect(back.heard.slice(0, 3)).toEqual(["m/0", "m/1", "m/2"]);
  await back.end();
});
