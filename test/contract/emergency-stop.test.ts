import { request } from "node:http";
import { tmpdir } from "node:os";
import type { MqttClient } from "mqtt";
import { describe, expect, test } from "vitest";
import { createAskDesk } from "../../adapters/devices/asked/ask-desk.ts";
import { connectOperator } from "../../adapters/mqtt/operator-client.ts";
import { openPhotoStore } from "../../adapters/photos/photo-store.ts";
import { configurationSchema } from "../../config/schema.ts";
import { createPage } from "../../src/cli/start/start-page.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { Daemon } from "../../src/daemon.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { mosquittoIsThere } from "./mosquitto.ts";
import {
  BROKERS,
  cleanUp,
  connect,
  eventsOf,
  makeFolder,
  makeMosquitto,
  startDaemon,
} from "./running-daemon.ts";

const TOPIC = `tieline/v1/${SITE}/safety/emergency-stop`;
let ids = 0;

interface Word {
  readonly source?: string;
  readonly id?: string;
  readonly time?: string;
}

function word(active: boolean, { source = "operator/ada", id, time }: Word = {}): string {
  return JSON.stringify({
    specversion: "1.0",
    id: id ?? `stop-${++ids}`,
    source,
    type: "tieline.safety.emergencyStop",
    time: time ?? new Date().toISOString(),
    data: { active, by: "ada", reason: active ? "smoke" : "steam" },
  });
}

/** What an instrument hears on the topic, in order. */
async function listen(client: MqttClient): Promise<{ active: boolean; retain: boolean }[]> {
  const heard: { active: boolean; retain: boolean }[] = [];
  client.on("message", (topic, payload, { retain }) => {
    if (topic === TOPIC) heard.push({ active: JSON.parse(payload.toString()).data.active, retain });
  });
  await client.subscribeAsync(TOPIC, { qos: 1 });
  return heard;
}

async function stopsIn(daemon: Daemon): Promise<boolean[]> {
  const facts = (await eventsOf(daemon)).map(({ fact }) => fact);
  return facts.flatMap((fact) => (fact.type === "safety.emergencyStop" ? [fact.active] : []));
}

const say = (client: MqttClient, text: string, retain = true): Promise<unknown> =>
  client.publishAsync(TOPIC, text, { qos: 1, retain });

describe.each(BROKERS)("the emergency stop on $name", ({ make }) => {
  test("a stop at once after a clear is never lost, 20 times of 20, nor a stop that is said twice", async () => {
    const daemon = await startDaemon(await make());
    const client = await connect(daemon.brokerUrl);
    const heard = await listen(await connect(daemon.brokerUrl));
    const again = word(true);
    await say(client, again);
    await say(client, again);
    for (let k = 0; k < 20; k++) {
      await Promise.all([say(client, word(false)), say(client, word(true))]);
      await until(() => daemon.lab.emergency !== undefined, `the stop ${k}`);
      await until(() => daemon.lab.cleared.position > 0, "the clear");
      expect(daemon.lab.emergency).toBeDefined();
    }
    let logged = await stopsIn(daemon);
    const count = (): number => logged.filter((active) => active).length;
    for (let k = 0; k < 100 && count() < 22; k++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      logged = await stopsIn(daemon);
    }
    expect(count()).toBe(22);
    expect(logged.at(-1)).toBe(true);
    await until(() => heard.at(-1)?.active === true, "the last word to an instrument");
  });

  test("only a fresh message of a named operator clears; nobody else, nothing old, nothing known", async () => {
    const daemon = await startDaemon(await make());
    const client = await connect(daemon.brokerUrl);
    const known = word(false);
    await say(client, word(true));
    await say(client, known);
    await until(() => daemon.lab.emergency === undefined, "the clear of a person");
    await say(client, word(true));
    await until(() => daemon.lab.emergency !== undefined, "the stop");
    const instrument = await connect(daemon.brokerUrl);
    const heard = await listen(instrument);
    const old = new Date(Date.now() - 120_000).toISOString();
    const tried = [
      word(false, { source: "instrument/furnace1" }),
      word(false, { source: "agent/other" }),
      word(false, { time: old }),
      known,
    ];
    for (const text of tried) await say(client, text);
    await until(
      () => (daemon.view.overview().counters.quarantinedByReason.clearRefused ?? 0) === 3,
      "three refusals",
    );
    expect(daemon.lab.emergency).toBeDefined();
    expect((await stopsIn(daemon)).at(-1)).toBe(true);
    // Whatever an external broker has handed on meanwhile, the last word is the latch, and it is what the broker keeps.
    await until(() => heard.at(-1)?.active === true, "the latch");
    const late = await listen(await connect(daemon.brokerUrl));
    await until(() => late.length > 0, "what the broker keeps");
    expect(late[0]).toEqual({ active: true, retain: true });
  });

  test("a stop that was not retained meets instruments that come later, also after a restart of the daemon", async () => {
    const place = await make();
    const folder = makeFolder();
    const first = await startDaemon(place, { folder });
    await say(await connect(first.brokerUrl), word(true), false);
    await until(() => first.lab.emergency !== undefined, "the stop");
    const soon = await listen(await connect(first.brokerUrl));
    await until(() => soon.at(-1)?.active === true, "the stop, retained by the daemon");
    await first.stop();
    if (place.mosquitto !== undefined) {
      // An old word that the broker has kept: nobody who listens may take it for the laboratory's.
      const client = await connect(`mqtt://127.0.0.1:${place.mosquitto.port}`);
      const time = new Date(Date.now() - 300_000).toISOString();
      await say(client, word(false, { time }));
    }
    const second = await startDaemon(place, { folder });
    const later = await listen(await connect(second.brokerUrl));
    await until(() => later.length > 0, "the latch");
    expect(later[0]?.active).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(second.lab.emergency).toBeDefined();
    expect(later.every(({ active }) => active)).toBe(true);
  });

  test("the page says that nobody has heard it until an instrument says that it has stopped", async () => {
    const daemon = await startDaemon(await make());
    const client = await connect(daemon.brokerUrl);
    const state = (seq: number, safety: string) =>
      client.publishAsync(
        `tieline/v1/${SITE}/instrument/mini/state`,
        JSON.stringify({
          specversion: "1.0",
          id: `state-${seq}`,
          source: "instrument/mini",
          type: "tieline.instrument.state",
          time: new Date().toISOString(),
          data: { bootId: "b1", seq, operation: "idle", control: "automatic", safety },
        }),
        { qos: 1, retain: true },
      );
    await state(1, "ok");
    await say(client, word(true));
    await until(() => daemon.lab.emergency !== undefined, "the stop");
    const alarm = () =>
      daemon.view.overview().alarms.find(({ alarmId }) => alarmId === "emergency-stop");
    expect(alarm()?.text).toContain("No instrument has heard this yet");
    expect(daemon.view.overview().emergencyStop).toMatchObject({
      heardBy: [],
      unheardBy: ["mini"],
    });
    await state(2, "emergencyStopped");
    await until(
      () => alarm()?.text.includes("Every instrument has heard it: mini") === true,
      "heard",
    );
    // Cleared and stopped again: what the instrument said of the first stop says nothing of the second.
    await Promise.all([say(client, word(false)), say(client, word(true))]);
    await until(
      () => alarm()?.text.includes("No instrument has heard") === true,
      "the second stop",
    );
  });

  test("tieline's client stops and clears, and tells who has heard it", async () => {
    const daemon = await startDaemon(await make());
    const operator = await connectOperator({ url: daemon.brokerUrl, site: SITE, timeout_ms: 5000 });
    cleanUp.push(() => operator.close());
    const stop = { by: "ada", reason: "smoke", patience_ms: 200 };
    await operator.emergencyStop({ ...stop, active: true });
    expect(daemon.lab.emergency).toMatchObject({ by: "ada", reason: "smoke" });
    await operator.emergencyStop({ ...stop, active: false });
    expect(daemon.lab.emergency).toBeUndefined();
  });

  test("a stop comes through the page with a body in chunks, as with one of known length", async () => {
    const daemon = await startDaemon(await make());
    const configuration = configurationSchema.parse({ version: 1, page: { port: 0 } });
    const page = createPage(
      configuration,
      silentLogger,
      createAskDesk(""),
      openPhotoStore(tmpdir()),
    );
    cleanUp.push(() => page.stop());
    const url = await page.start(daemon);
    const command = { kind: "emergencyStop", active: true, by: "ada", reason: "smoke" };
    expect(await postInChunks(url, JSON.stringify(command))).toMatchObject({
      status: 200,
      body: { accepted: true },
    });
    expect(daemon.lab.emergency).toMatchObject({ reason: "smoke" });
    const tooLong = JSON.stringify({ ...command, reason: "x".repeat(200_000) });
    expect((await postInChunks(url, tooLong)).status).toBe(413);
    expect((await postInChunks(url, "{")).status).toBe(400);
  });
});

/** As a program without a length at hand posts: `Transfer-Encoding: chunked`, in two parts. */
function postInChunks(url: string, text: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    const post = request(new URL("/api/command", url), { method: "POST", headers }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(body || "null") }),
      );
    });
    post.on("error", reject);
    post.write(text.slice(0, text.length / 2));
    setTimeout(() => post.end(text.slice(text.length / 2)), 20);
  });
}

describe.runIf(mosquittoIsThere())("the emergency stop while Mosquitto is away", () => {
  test("a stop pressed then is not cleared by the broker's old retained clear at reconnection", {
    timeout: 300_000,
  }, async () => {
    const place = await makeMosquitto();
    const daemon = await startDaemon(place);
    const client = await connect(daemon.brokerUrl);
    await say(client, word(true));
    await until(() => daemon.lab.emergency !== undefined, "the first stop");
    await say(client, word(false));
    await until(() => daemon.lab.emergency === undefined, "its clear");
    await client.endAsync();
    await place.mosquitto.halt();
    const message = { source: "operator/ada", id: "page-1" };
    await daemon.emergencyStop({ active: true, by: "ada", reason: "fire", message });
    expect(daemon.lab.emergency).toMatchObject({ reason: "fire" });
    await place.mosquitto.start();
    const instrument = await connect(daemon.brokerUrl);
    const heard = await listen(instrument);
    await until(() => heard.at(-1)?.active === true, "the latch", 20_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(daemon.lab.emergency).toMatchObject({ reason: "fire" });
    expect(heard.at(-1)?.active).toBe(true);
  });
});
