import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import mqtt from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { createBrokerClient } from "../../adapters/mqtt/broker-client.ts";
import { createOutlet } from "../../adapters/mqtt/view-outlet.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { BusHandlers, MessageBus } from "../../src/events/message-bus.ts";
import { tieline } from "../support/command-line.ts";
import { CountingProxy } from "../support/counting-proxy.ts";
import { until } from "./listener.ts";
import { Mosquitto, mosquittoIsThere } from "./mosquitto.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function mosquitto(...settings: string[]): Promise<string> {
  const broker = new Mosquitto(settings);
  await broker.start();
  cleanUp.push(() => broker.stop());
  return `mqtt://127.0.0.1:${broker.port}`;
}

interface Connection {
  readonly bus: MessageBus;
  /** Connections made and lost, in order. */
  readonly words: (boolean | Error)[];
}

async function connect(
  url: string,
  protocol?: 4 | 5,
  onMessage: BusHandlers["onMessage"] = async () => {},
): Promise<Connection> {
  const words: (boolean | Error)[] = [];
  const bus = createBrokerClient({ url, clientId: "tieline-x", filters: ["lab/#"], protocol });
  cleanUp.push(() => bus.stop());
  await bus.start({
    onMessage,
    onConnection: (connected) => void words.push(connected),
    onReplaced: (error) => void words.push(error),
  });
  return { bus, words };
}

/** What doctor says of a broker. */
async function doctorOn(url: string): Promise<{ ok: boolean; found: string; advice: string }> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-doctor-"));
  cleanUp.push(async () => rmSync(folder, { recursive: true }));
  const file = join(folder, "lab.yaml");
  const page = "page: { port: 0 }";
  writeFileSync(file, `version: 1\ndata: ${folder}/data\n${page}\nbroker: { url: "${url}" }\n`);
  const { out } = await tieline("doctor", "--config", file, "--json");
  return JSON.parse(out).findings.find((one: { check: string }) => one.check === "broker");
}

const message = (bytes: number, isView: boolean) =>
  ({ topic: "seen/x", payload: "x".repeat(bytes), qos: 1, retain: true, isView }) as const;

async function listen(url: string, topic: string): Promise<string[]> {
  const heard: string[] = [];
  const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
  cleanUp.push(() => client.endAsync());
  client.on("message", (_topic, payload) => void heard.push(payload.toString()));
  await client.subscribeAsync(topic, { qos: 1 });
  return heard;
}

describe.runIf(mosquittoIsThere())("a Mosquitto that takes 8 kB", () => {
  test("says so (MQTT 5): what is larger is refused here, view or command, and the connection stays", async () => {
    const { bus, words } = await connect(await mosquitto("max_packet_size 8192"));
    for (const isView of [true, false])
      await expect(bus.publish(message(20_000, isView))).rejects.toMatchObject({ code: "TL-2008" });
    await bus.publish(message(8000, false));
    expect(words).toEqual([true]);
  });

  test("says nothing (3.1.1): two ends teach it, then views are left out and nobody is accused", async () => {
    const { bus, words } = await connect(await mosquitto("max_packet_size 8192"), 4);
    for (let k = 1; k <= 2; k++) {
      await expect(bus.publish(message(20_000, true))).rejects.toMatchObject({ code: "TL-2001" });
      await until(() => words.length === 2 * k + 1 && words.at(-1) === true, "it is there again");
    }
    await expect(bus.publish(message(20_000, true))).rejects.toMatchObject({ code: "TL-2008" });
    await bus.publish(message(8000, true));
    expect(words).toEqual([true, false, true, false, true]);
  });

  test("doctor sends itself the largest message of the contract, and smaller ones until one comes back", async () => {
    const narrow = await doctorOn(await mosquitto("max_packet_size 8192"));
    expect(narrow).toMatchObject({ ok: false, advice: expect.stringContaining("2 MiB") });
    expect(narrow.found).toMatch(
      /takes packets of 8192 bytes at most; 7000 bytes came back in \d+ ms$/,
    );
    const wide = await doctorOn(await mosquitto());
    expect(wide).toMatchObject({
      ok: true,
      found: expect.stringMatching(/1048576 bytes came back/),
    });
  });

  test("shows no view rather than an old one, and says it once", async () => {
    const url = await mosquitto("max_packet_size 8192");
    const { bus } = await connect(url);
    const lines: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, event: string) => void lines.push(event) };
    const show = createOutlet(bus, { logger }, undefined);
    const heard = await listen(url, "seen/x");
    show(message(100, true));
    await until(() => heard.length === 1, "the small one");
    show(message(20_000, true));
    show(message(20_001, true));
    await until(() => heard.length === 2, "the clearing");
    expect(heard[1]).toBe("");
    expect(lines).toEqual(["view.leftOut"]);
    expect(await listen(url, "seen/x")).toEqual([]);
    show(message(99, true));
    await until(() => heard.at(-1)?.length === 99, "a small one again");
  });
});

describe.runIf(mosquittoIsThere())("a Mosquitto with its own bounds", () => {
  test("that takes three unanswered messages gets no more of them, and all in order", async () => {
    const url = await mosquitto("max_inflight_messages 3");
    const proxy = await CountingProxy.start(Number(new URL(url).port));
    cleanUp.push(() => proxy.stop());
    const { bus, words } = await connect(proxy.url);
    const heard = await listen(url, "seen/#");
    const numbers = Array.from({ length: 300 }, (_, k) => String(k));
    await Promise.all(
      numbers.map((payload) => bus.publish({ topic: "seen/n", payload, qos: 1, retain: false })),
    );
    await until(() => heard.length === 300, "all of them");
    expect(heard).toEqual(numbers);
    expect(proxy.most).toBe(3);
    expect(words).toEqual([true]);
  });

  test("gives all of 5000 results to a daemon that is busy, its queue being of 1000", async () => {
    const url = await mosquitto();
    let received = 0;
    let isBusy = true;
    const commits: (() => void)[] = [];
    await connect(url, undefined, () => {
      received++;
      return isBusy ? new Promise<void>((resolve) => commits.push(resolve)) : Promise.resolve();
    });
    const sender = await mqtt.connectAsync(url, { protocolVersion: 5 });
    cleanUp.push(() => sender.endAsync());
    const sent = Array.from({ length: 5000 }, (_, k) =>
      sender.publishAsync(`lab/r${k}`, "x".repeat(600), { qos: 1 }),
    );
    await Promise.all(sent);
    isBusy = false;
    for (const commit of commits.splice(0)) commit();
    await until(() => received === 5000, "all of them");
  });
});

test.each([
  ["ends the connection", [5, 5, 4]],
  ["says nothing", [5, 4]],
])("a broker that at MQTT 5 %s is spoken to in 3.1.1", async (manner, expected) => {
  const versions: number[] = [];
  const aedes = await Aedes.createBroker({
    // What is never answered must not be ended by the broker either.
    connectTimeout: 60_000,
    preConnect: (client, packet, done) => {
      versions.push(packet.protocolVersion ?? 0);
      if (packet.protocolVersion !== 5) done(null, true);
      else if (manner !== "says nothing") client.conn.destroy();
    },
  });
  const server = createServer((socket) => void aedes.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(async () => {
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await connect(`mqtt://127.0.0.1:${port}`);
  expect(versions).toEqual(expected);
});
