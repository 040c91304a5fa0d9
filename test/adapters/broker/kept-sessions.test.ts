import mqtt from "mqtt";
import { afterEach, expect, test } from "vitest";
import { SESSION_BYTES_MAX } from "../../../adapters/broker/bounded-sessions.ts";
import {
  createEmbeddedBroker,
  type EmbeddedBroker,
} from "../../../adapters/broker/embedded-broker.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

const MEGABYTE = 1024 * 1024;

/** A broker whose daemon keeps everybody from what is said on `secret`. */
async function start(): Promise<EmbeddedBroker> {
  const broker = createEmbeddedBroker({ port: 0, filters: ["#"], mayBeRetained: () => true });
  cleanUp.push(() => broker.stop());
  await broker.start({
    onMessage: async ({ topic }) => (topic === "secret" ? "withhold" : undefined),
    onConnection: () => {},
  });
  return broker;
}

/** A client whose session is kept; what it hears, and how often it was thrown out. */
async function keptClient(broker: EmbeddedBroker) {
  const client = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
    ...{ protocolVersion: 4, clientId: "kept", clean: false, reconnectPeriod: 0 },
  });
  const heard: string[] = [];
  let closings = 0;
  client.on("message", (topic) => void heard.push(topic));
  client.on("error", () => {});
  client.on("close", () => void closings++);
  await new Promise<void>((resolve) => void client.once("connect", () => resolve()));
  cleanUp.push(() => client.endAsync(true));
  return { client, heard, closings: () => closings };
}

const said = (topic: string, payload: string | Buffer = "x") => ({
  ...{ topic, payload: payload as string, qos: 1 as const, retain: false },
});

const LARGE = Buffer.alloc(MEGABYTE);

/** The kept client subscribes, goes, and is away until its session is full. */
async function fillWhileAway(broker: EmbeddedBroker): Promise<void> {
  const { client } = await keptClient(broker);
  await client.subscribeAsync("lab/#", { qos: 1 });
  await client.endAsync();
  for (let bytes = 0; bytes <= SESSION_BYTES_MAX; bytes += MEGABYTE)
    await broker.publish(said("lab/old", LARGE));
}

test("what is kept from a session takes no other message of it along", async () => {
  const broker = await start();
  const { client, heard, closings } = await keptClient(broker);
  await client.subscribeAsync("#", { qos: 1 });
  const publisher = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  cleanUp.push(() => publisher.endAsync(true));
  const topics = ["a", "secret", "b", "secret", "c"];
  await Promise.all(topics.map((topic) => publisher.publishAsync(topic, "x", { qos: 1 })));
  await expect.poll(() => heard.filter((one) => !one.startsWith("$"))).toEqual(["a", "b", "c"]);
  expect(closings()).toBe(0);
});

test("a session that was away until it was full is let in again while others go on talking", async () => {
  const broker = await start();
  await fillWhileAway(broker);
  const talking = setInterval(() => void broker.publish(said("lab/new", LARGE)), 1);
  try {
    const { heard, closings } = await keptClient(broker);
    await expect.poll(() => heard.length, { timeout: 5000 }).toBeGreaterThan(50);
    expect(closings()).toBe(0);
  } finally {
    clearInterval(talking);
  }
});

test("a session that was full is fetched whole by a client that reads late, beside what goes on", async () => {
  const broker = await start();
  await fillWhileAway(broker);
  const { client, heard, closings } = await keptClient(broker);
  client.stream.pause();
  for (let k = 0; k < 20; k++) await broker.publish(said("lab/new", LARGE));
  client.stream.resume();
  const whole = Math.floor(SESSION_BYTES_MAX / MEGABYTE) - 1;
  await expect.poll(() => heard.length, { timeout: 5000 }).toBeGreaterThanOrEqual(whole + 20);
  expect(closings()).toBe(0);
});
