import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { sendAtOnce } from "../../adapters/mqtt/open-client.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";

/** From an operator's stop to the last instrument's having it, while others storm the broker with messages. */
const INSTRUMENTS = 20;
const STOPS = 1000;
/** A daemon hears so many clears and states at once, then a few a second (flood gate): a round of stops stays below that. */
const STOPS_IN_ROUND = 250;
const STORM_per_s = 1000;
const STORM_EVERY_ms = 10;
const SITE = "bench";
const TOPIC = `tieline/v1/${SITE}/safety/emergency-stop`;
/** An instrument that has not said that it is stopped by then has not heard it. */
const HEARD_WITHIN_ms = 5_000;

let ids = 0;

function envelope(source: string, type: string, data: object): string {
  const time = new Date().toISOString();
  const id = `b${++ids}`;
  return JSON.stringify({ specversion: "1.0", id, source, type: `tieline.${type}`, time, data });
}

/** Stops when it is told to, says so, and notes when. */
interface Stopper {
  readonly client: MqttClient;
  stopped_ms: number;
}

interface Figures {
  readonly times_ms: number[];
  heard: number;
  toldUnheard: number;
  readonly rates: number[];
}

export async function run(): Promise<void> {
  const figures: Figures = { times_ms: [], heard: 0, toldUnheard: 0, rates: [] };
  for (let done = 0; done < STOPS; done += STOPS_IN_ROUND) await runRound(figures);
  const { times_ms, heard, toldUnheard, rates } = figures;
  times_ms.sort((a, b) => a - b);
  const at = (share: number): string =>
    (times_ms[Math.min(STOPS - 1, Math.floor(share * STOPS))] ?? 0).toFixed(1);
  console.log(
    `${STOPS} stops, ${INSTRUMENTS} instruments, storm ${Math.min(...rates)} messages/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `most ${at(1)} ms; heard by all ${heard}, said to be unheard ${toldUnheard}`,
  );
}

async function runRound(figures: Figures): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-stop-bench-"));
  const daemon = await startDaemon(folder);
  const stoppers = await Promise.all(
    Array.from({ length: INSTRUMENTS }, (_, k) => openStopper(daemon, `i${k}`)),
  );
  const operator = sendAtOnce(await mqtt.connectAsync(daemon.brokerUrl));
  const storm = await startStorm(daemon);
  for (let k = 0; k < STOPS_IN_ROUND; k++) {
    for (const one of stoppers) one.stopped_ms = 0;
    const sent_ms = performance.now();
    say(operator, true);
    await until(() => stoppers.every(({ stopped_ms }) => stopped_ms > 0), HEARD_WITHIN_ms);
    figures.times_ms.push(Math.max(...stoppers.map(({ stopped_ms }) => stopped_ms)) - sent_ms);
    const isHeard = stoppers.every(({ stopped_ms }) => stopped_ms > 0);
    await until(() => (daemon.view.overview().emergencyStop.unheardBy?.length ?? 1) === 0, 2_000);
    if (isHeard) figures.heard++;
    else if ((daemon.view.overview().emergencyStop.unheardBy?.length ?? 0) > 0)
      figures.toldUnheard++;
    say(operator, false);
    await until(() => daemon.lab.emergency === undefined, 5_000);
  }
  figures.rates.push(storm.stop());
  await Promise.all(
    [...stoppers.map(({ client }) => client), operator].map((c) => c.endAsync(true)),
  );
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function startDaemon(folder: string): Promise<Daemon> {
  const file = join(folder, "config.yaml");
  writeFileSync(file, `version: 1\nsite: ${SITE}\nbroker: { port: 0 }\n`);
  const { configuration } = loadConfiguration(file);
  const daemon = await createDaemon({
    configuration,
    campaigns: [],
    log: join(folder, "log"),
    logger: silentLogger,
    onFatal: (error) => {
      throw error;
    },
  });
  await daemon.start();
  return daemon;
}

async function openStopper(daemon: Daemon, id: string): Promise<Stopper> {
  const client = sendAtOnce(await mqtt.connectAsync(daemon.brokerUrl));
  const stopper: Stopper = { client, stopped_ms: 0 };
  let isStopped = false;
  let seq = 0;
  const sayState = (): void => {
    const safety = isStopped ? "emergencyStopped" : "ok";
    const data = { bootId: "b1", seq: ++seq, operation: "idle", control: "automatic", safety };
    const text = envelope(`instrument/${id}`, "instrument.state", data);
    client.publish(`tieline/v1/${SITE}/instrument/${id}/state`, text, { qos: 1, retain: true });
  };
  client.on("message", (_, payload) => {
    const { active } = JSON.parse(payload.toString()).data as { active: boolean };
    if (active === isStopped) return;
    isStopped = active;
    if (active) stopper.stopped_ms = performance.now();
    sayState();
  });
  await client.subscribeAsync(TOPIC, { qos: 1 });
  sayState();
  return stopper;
}

function say(operator: MqttClient, active: boolean): void {
  const data = { active, by: "ada", reason: "bench" };
  operator.publish(TOPIC, envelope("operator/ada", "safety.emergencyStop", data), {
    qos: 1,
    retain: active,
  });
}

/** Readings of furnaces and results for jobs that nobody knows (these go into the log), at a steady rate. */
async function startStorm(daemon: Daemon): Promise<{ stop(): number }> {
  const client = sendAtOnce(await mqtt.connectAsync(daemon.brokerUrl));
  const root = `tieline/v1/${SITE}/instrument/storm`;
  const started_ms = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - started_ms) / 1000) * STORM_per_s;
    for (; sent < due; sent++) {
      const isReading = sent % 10 > 0;
      const data = isReading ? { value: sent, unit: "K" } : { jobId: `j${sent}` };
      const topic = isReading ? "telemetry/temperature" : `job/j${sent}/unknown`;
      const type = isReading ? "instrument.telemetry" : "job.unknown";
      client.publish(`${root}/${topic}`, envelope("instrument/storm", type, data), {
        qos: isReading ? 0 : 1,
      });
    }
  }, STORM_EVERY_ms);
  return {
    stop: () => {
      clearInterval(timer);
      client.end(true);
      return Math.round(sent / ((performance.now() - started_ms) / 1000));
    },
  };
}

async function until(condition: () => boolean, timeout_ms: number): Promise<void> {
  const end_ms = performance.now() + timeout_ms;
  while (!condition() && performance.now() < end_ms)
    await new Promise((resolve) => setTimeout(resolve, 1));
}
