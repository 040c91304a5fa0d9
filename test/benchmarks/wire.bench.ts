import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import mqtt from "mqtt";
import { createEmbeddedBroker } from "../../adapters/broker/embedded-broker.ts";
import { createBrokerClient } from "../../adapters/mqtt/broker-client.ts";
import { openClient, sendAtOnce } from "../../adapters/mqtt/open-client.ts";
import { daemonFilters, mayBeRetained } from "../../adapters/mqtt/topics.ts";
import { createWireCodec } from "../../adapters/mqtt/wire-codec.ts";
import { openFileEventLog } from "../../adapters/storage/file-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { EventDraft } from "../../src/events/lab-event.ts";
import type { IncomingMessage } from "../../src/events/message-bus.ts";
import { bytes, SAMPLES, sampleTopic, wrap } from "../adapters/mqtt/sample-messages.ts";
import { Mosquitto, mosquittoIsThere } from "../contract/mosquitto.ts";

/** How many results a second go from an instrument's publish into the log, on disk, by the way they are acknowledged. */
const RESULTS = 2000;
const INSTRUMENTS = 4;
const SITE = "lab1";

interface Way {
  readonly name: string;
  readonly results: number;
  /** Starts to deliver to `onMessage` and returns the broker's address and an end. */
  start(
    onMessage: (message: IncomingMessage) => Promise<void>,
  ): Promise<{ url: string; stop(): Promise<void> }>;
}

export async function run(): Promise<void> {
  for (const way of ways()) console.log(await measure(way));
  console.log(measureDecode());
}

async function measure(way: Way): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-wire-bench-"));
  const log = await openFileEventLog({ folder, logger: silentLogger });
  const store = createGroupCommit((drafts) => log.append(drafts));
  const codec = createWireCodec({ site: SITE });
  let stored = 0;
  let done = (): void => {};
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  const { url, stop } = await way.start(async ({ topic, payload, retained }) => {
    const decoded = codec.decode(topic, payload, retained);
    if (decoded.kind !== "fact") return;
    await store.add({ time_ms: 0, fact: decoded.fact });
    if (++stored === way.results) done();
  });
  const clients = await Promise.all(
    Array.from({ length: INSTRUMENTS }, async () =>
      sendAtOnce(await mqtt.connectAsync(url, { protocolVersion: 5 })),
    ),
  );
  const started_ms = performance.now();
  for (let k = 0; k < way.results; k++) {
    const result = JSON.stringify(wrap("jobResult", SAMPLES.jobResult, { id: `r${k}` }));
    clients[k % INSTRUMENTS]?.publish(sampleTopic("jobResult"), result, { qos: 1 });
  }
  await finished;
  const rate = (way.results / (performance.now() - started_ms)) * 1000;
  for (const client of clients) await client.endAsync(true);
  await stop();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
  return `${way.name.padEnd(62)} ${rate.toFixed(0).padStart(6)} results/s  ${store.groups} syncs`;
}

function ways(): Way[] {
  const embedded: Way = {
    name: "embedded broker, PUBACK after the log, group commit",
    results: RESULTS,
    start: async (onMessage) => {
      const broker = createEmbeddedBroker({
        port: 0,
        filters: daemonFilters(SITE),
        mayBeRetained: (topic) => mayBeRetained(SITE, topic),
      });
      await broker.start({ onMessage, onConnection: () => {} });
      return { url: `mqtt://127.0.0.1:${broker.port}`, stop: () => broker.stop() };
    },
  };
  if (!mosquittoIsThere()) return [embedded];
  const early: Way = {
    name: "Mosquitto, PUBACK on receipt, group commit (what we do)",
    results: RESULTS,
    start: async (onMessage) => {
      const { broker, url } = await startMosquitto();
      const bus = createBrokerClient({ url, clientId: "bench", filters: daemonFilters(SITE) });
      await bus.start({ onMessage, onConnection: () => {} });
      return { url, stop: () => bus.stop().then(() => broker.stop()) };
    },
  };
  const afterLog: Way = {
    name: "Mosquitto, PUBACK after the log (customHandleAcks), one sync each",
    results: RESULTS / 4,
    start: async (onMessage) => {
      const { broker, url } = await startMosquitto();
      const client = openClient(url, {
        protocolVersion: 5,
        clientId: "bench",
        customHandleAcks: (topic, message, packet, done) => {
          onMessage({ topic, payload: message, qos: packet.qos, retained: packet.retain }).then(
            () => done(0),
            (error: Error) => done(error),
          );
        },
      });
      await new Promise<void>((resolve) => client.once("connect", () => resolve()));
      await client.subscribeAsync(daemonFilters(SITE), { qos: 1 });
      return { url, stop: () => client.endAsync(true).then(() => broker.stop()) };
    },
  };
  return [embedded, early, afterLog];
}

async function startMosquitto(): Promise<{ broker: Mosquitto; url: string }> {
  const broker = new Mosquitto();
  await broker.start();
  return { broker, url: `mqtt://127.0.0.1:${broker.port}` };
}

/** What has come while one group was written goes into the next, as in the runtime. */
function createGroupCommit(append: (drafts: readonly EventDraft[]) => Promise<unknown>) {
  let queue: { draft: EventDraft; resolve: () => void }[] = [];
  let busy = false;
  const state = { groups: 0, add };
  async function flush(): Promise<void> {
    busy = true;
    while (queue.length > 0) {
      const group = queue;
      queue = [];
      await append(group.map(({ draft }) => draft));
      state.groups++;
      for (const { resolve } of group) resolve();
    }
    busy = false;
  }
  function add(draft: EventDraft): Promise<void> {
    return new Promise((resolve) => {
      queue.push({ draft, resolve });
      if (!busy) void flush();
    });
  }
  return state;
}

function measureDecode(): string {
  const codec = createWireCodec({ site: SITE });
  const payload = bytes(wrap("jobResult", SAMPLES.jobResult));
  const topic = sampleTopic("jobResult");
  const rounds = 20_000;
  const started = process.cpuUsage();
  for (let k = 0; k < rounds; k++) codec.decode(topic, payload, false);
  const { user, system } = process.cpuUsage(started);
  const each_us = (user + system) / rounds;
  return `decode of a result with five observations (${payload.length} bytes): ${each_us.toFixed(1)} us of CPU`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await run();
