import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createPrng } from "../../src/core/prng.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";
import type { Lab } from "../../src/runtime/lab.ts";
import { NAMES, SAMPLES, sampleTopic, wrap } from "../adapters/mqtt/sample-messages.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { type Habits, MiniInstrument } from "./mini-instrument.ts";
import { Mosquitto, mosquittoIsThere } from "./mosquitto.ts";

const BUDGET = 6;
const RANDOM_MESSAGES = 10_000;

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

interface Place {
  readonly name: string;
  /** What the configuration says about the broker. */
  broker(): Promise<string>;
}

const PLACES: readonly Place[] = [
  { name: "the embedded broker", broker: async () => "{ port: 0 }" },
  {
    name: "Mosquitto",
    broker: async () => {
      const broker = new Mosquitto();
      await broker.start();
      cleanUp.push(() => broker.stop());
      return `{ url: "mqtt://127.0.0.1:${broker.port}" }`;
    },
  },
];

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tieline-daemon-"));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startDaemon(place: Place, folder = makeFolder()): Promise<Daemon> {
  const file = join(folder, "config.yaml");
  const yaml = `version: 1
site: ${SITE}
broker: ${await place.broker()}
campaigns:
  - id: c1
    goal: phase-diagram
    budget: ${BUDGET}
    inFlight: 2
    space: { kind: simplex-grid, components: [Al, Mg, Zn], step: 0.2 }
    recipe:
      - capability: diffraction
        parameters: { Al: { axis: Al }, Mg: { axis: Mg }, Zn: { axis: Zn } }
        timeLimit_s: 60
        repeatable: true
`;
  writeFileSync(file, yaml);
  const loaded = loadConfiguration(file);
  const daemon = await createDaemon({
    configuration: loaded.configuration,
    campaigns: campaignSpecs(loaded, "1"),
    log: join(folder, "log"),
    logger: silentLogger,
    onFatal: (error) => {
      throw error;
    },
  });
  cleanUp.push(() => daemon.stop());
  await daemon.start();
  return daemon;
}

async function connect(daemon: Daemon): Promise<MqttClient> {
  const client = await mqtt.connectAsync(daemon.brokerUrl);
  cleanUp.push(() => client.endAsync(true));
  return client;
}

function addInstrument(daemon: Daemon, habits: Habits): MiniInstrument {
  const instrument = new MiniInstrument(daemon.brokerUrl, habits);
  cleanUp.push(() => instrument.stop());
  return instrument;
}

async function startCampaign(client: MqttClient, times = 1): Promise<void> {
  const start = JSON.stringify(wrap("campaignStart", SAMPLES.campaignStart));
  for (let k = 0; k < times; k++)
    await client.publishAsync(sampleTopic("campaignStart"), start, { qos: 1 });
}

/** All that the daemon knows, except where the log stands. */
function knowledge(lab: Lab): string {
  const { position: _, time_ms: __, ...rest } = lab;
  return JSON.stringify(rest, (_key, value: unknown) => {
    if (value instanceof Map) return [...value];
    return value instanceof Set ? [...value] : value;
  });
}

describe.each(mosquittoIsThere() ? PLACES : PLACES.slice(0, 1))("the daemon on $name", (place) => {
  test("10 000 random byte strings on every topic change nothing but the counters", {
    timeout: 300_000,
  }, async () => {
    const daemon = await startDaemon(place);
    addInstrument(daemon, {});
    // Its birth and its state, not only its first word: the picture of what is known is taken after.
    const isBorn = (): boolean =>
      [...daemon.lab.machines.instrument.values()].some(
        ({ context }) => context.kind !== "unknown" && context.seq >= 1,
      );
    await until(isBorn, "the instrument's birth and state");
    const client = await connect(daemon);
    const before = knowledge(daemon.lab);
    const prng = createPrng("random bytes for the daemon");
    const topics = [
      ...NAMES.map(sampleTopic),
      `tieline/v1/${SITE}/instrument/x/nonsense`,
      "elsewhere",
    ];
    let sent: Promise<unknown>[] = [];
    for (let k = 0; k < RANDOM_MESSAGES; k++) {
      const payload = Buffer.from(
        Array.from({ length: 1 + prng.integer(60) }, () => prng.integer(256)),
      );
      sent.push(client.publishAsync(topics[k % topics.length] ?? "", payload, { qos: 1 }));
      if (sent.length < 200) continue;
      await Promise.all(sent);
      sent = [];
    }
    await Promise.all(sent);
    const heard = topics.filter((topic) =>
      /\/(online|birth|state|telemetry|job|safety|nonsense)\b|campaign\/c1\/command/.test(topic),
    );
    expect(heard.length).toBeGreaterThan(15);
    const counted = (): number => daemon.view.overview().counters.quarantined;
    await until(() => counted() > 4000, `the quarantine, ${counted()} so far`, 60_000);
    expect(knowledge(daemon.lab)).toBe(before);
    await startCampaign(client);
    await until(() => daemon.isFinished(), "the campaign after them", 40_000);
  });

  test.each([
    ["says everything three times", { times: 3 }],
    ["says the result before the acceptance", { resultFirst: true, times: 2 }],
  ] as const)("an instrument that %s costs no budget", { timeout: 300_000 }, async (_, habits) => {
    const daemon = await startDaemon(place);
    const instrument = addInstrument(daemon, habits);
    const client = await connect(daemon);
    await startCampaign(client, 3);
    await until(() => daemon.isFinished(), "the campaign's end", 40_000);
    expect(daemon.lab.results.get("c1")).toHaveLength(BUDGET);
    expect(new Set(instrument.started).size).toBe(BUDGET);
    await until(() => new Set(instrument.acknowledged).size === BUDGET, "every ack");
  });
});

test("a latched emergency stop meets instruments after the embedded broker was started again", async () => {
  const place: Place = { name: "the embedded broker", broker: async () => "{ port: 0 }" };
  const folder = makeFolder();
  const first = await startDaemon(place, folder);
  const stop = JSON.stringify(wrap("emergencyStop", SAMPLES.emergencyStop));
  const topic = sampleTopic("emergencyStop");
  await (await connect(first)).publishAsync(topic, stop, { qos: 1, retain: true });
  await first.stop();
  const second = await startDaemon(place, folder);
  const instrument = await connect(second);
  const heard: string[] = [];
  instrument.on("message", (_, payload) => heard.push(payload.toString()));
  await instrument.subscribeAsync(topic, { qos: 1 });
  await until(() => heard.length === 1, "the retained stop");
  expect(JSON.parse(heard[0] ?? "").data).toEqual(SAMPLES.emergencyStop);
  expect(second.lab.emergency).toBeDefined();
});

describe.runIf(mosquittoIsThere())("after Mosquitto died and forgot what it had retained", () => {
  test("the daemon says again that it is there, what its campaigns do, and the latched stop", async () => {
    const broker = new Mosquitto();
    await broker.start();
    cleanUp.push(() => broker.stop());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const daemon = await startDaemon({
      name: "Mosquitto",
      broker: async () => `{ url: "${url}" }`,
    });
    const stop = JSON.stringify(wrap("emergencyStop", SAMPLES.emergencyStop));
    // Not retained: what a broker knows after losing its store.
    await (await connect(daemon)).publishAsync(sampleTopic("emergencyStop"), stop, { qos: 1 });
    await until(() => daemon.lab.emergency !== undefined, "the stop");
    await broker.kill();
    await broker.start();
    const client = await connect(daemon);
    const heard = new Map<string, { online?: boolean; active?: boolean; epoch?: number }>();
    client.on("message", (topic, payload) => heard.set(topic, JSON.parse(payload.toString()).data));
    await client.subscribeAsync(`tieline/v1/${SITE}/#`, { qos: 1 });
    const under = (path: string) => heard.get(`tieline/v1/${SITE}/${path}`);
    await until(() => under("agent/tieline/online")?.online === true, "its birth", 20_000);
    expect(under("agent/tieline/online")?.epoch).toBe(daemon.lab.epoch);
    await until(() => under("safety/emergency-stop")?.active === true, "the stop again");
    await until(() => under("campaign/c1/state") !== undefined, "the campaign");
  });
});
