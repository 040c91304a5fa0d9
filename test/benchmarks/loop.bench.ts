import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { openFileEventLog } from "../../adapters/storage/file-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { born, closeBench, openBench, PREFIX, send } from "./bench-daemon.ts";

/** Issue A's figures of the loop: durable results a second, and a result's way to the next batch at N = 5151. */
export async function run(): Promise<void> {
  const perSync = await syncPerMessage(400);
  console.log(`one sync a message               ${perSync.toFixed(0)} events/s`);
  const burst = await durableBurst({ campaigns: 3, results: 1000 });
  console.log(
    `durable results over MQTT        ${burst.toFixed(0)} results/s from publish to the application's ack (aim 2000); ` +
      `${(burst / perSync).toFixed(1)} x one sync a message`,
  );
  const many = await durableResults({ results: 4000, instruments: 500 });
  console.log(
    `the whole loop, 500 in flight    ${many.results_per_s.toFixed(0)} results/s with new batches and dispatch, ${many.events_per_s.toFixed(0)} events/s`,
  );
  const latency = await resultToBatch({ results: 150 });
  console.log(
    `result -> next batch, N = 5151   median ${latency.median_ms.toFixed(1)} ms, p99 ${latency.p99_ms.toFixed(1)} ms (aim p99 <= 100)`,
  );
}

async function syncPerMessage(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-bench-"));
  const log = await openFileEventLog({ folder, logger: silentLogger });
  const began_ms = performance.now();
  for (let k = 0; k < count; k++) {
    await log.append([{ time_ms: k, fact: { type: "timer.fired", timerId: "x".repeat(250) } }]);
  }
  const rate = count / ((performance.now() - began_ms) / 1000);
  await log.close();
  rmSync(folder, { recursive: true, force: true });
  return rate;
}

function answer(
  client: MqttClient,
  instrument: string,
  start: { jobId: string; attempt: number; parameters: Record<string, number> },
): void {
  const { A = 0, B = 0 } = start.parameters;
  const phase = A > 0.5 ? "alpha" : B > 0.4 ? "beta" : A + B > 0.6 ? "gamma" : "delta";
  send(client, instrument, `job/${start.jobId}/result`, "job.result", {
    jobId: start.jobId,
    attempt: start.attempt,
    observations: [{ kind: "phases", phases: [phase] }],
    simulated: true,
  });
}

/** Every job is out; then all instruments report at once: from the first publish to the last application `ack`. */
async function durableBurst(size: { campaigns: number; results: number }): Promise<number> {
  const ids = Array.from({ length: size.campaigns }, (_, k) => `c${k}`);
  const total = size.campaigns * size.results;
  const model = "{ score: random, coexistence: off }";
  const bench = await openBench(
    ids.map((id) => ({ id, budget: size.results, inFlight: size.results, step: 0.02, model })),
  );
  const { client } = bench;
  const starts: { instrument: string; data: Parameters<typeof answer>[2] }[] = [];
  let acked = 0;
  let out: () => void = () => {};
  let done: () => void = () => {};
  const allOut = new Promise<void>((resolve) => {
    out = resolve;
  });
  const allAcked = new Promise<void>((resolve) => {
    done = resolve;
  });
  client.on("message", (topic, payload) => {
    if (topic.endsWith("/ack")) {
      acked += 1;
      if (acked === total) done();
      return;
    }
    const { data } = JSON.parse(payload.toString()) as { data: Parameters<typeof answer>[2] };
    starts.push({ instrument: topic.split("/")[4] ?? "", data });
    if (starts.length === total) out();
  });
  await client.subscribeAsync(
    [`${PREFIX}/instrument/+/command/start`, `${PREFIX}/instrument/+/job/+/ack`],
    { qos: 1 },
  );
  for (let k = 0; k < total; k++) born(client, `i${k}`);
  await allOut;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const began_ms = performance.now();
  for (const { instrument, data } of starts) answer(client, instrument, data);
  await allAcked;
  const seconds = (performance.now() - began_ms) / 1000;
  await closeBench(bench);
  return total / seconds;
}

async function durableResults(size: { results: number; instruments: number }) {
  const bench = await openBench([
    {
      ...{ id: "c", budget: size.results, inFlight: size.instruments, step: 0.01 },
      model: "{ score: random, coexistence: off }",
    },
  ]);
  const { client, daemon } = bench;
  let acked = 0;
  let first_ms = 0;
  await client.subscribeAsync(
    [`${PREFIX}/instrument/+/command/start`, `${PREFIX}/instrument/+/job/+/ack`],
    { qos: 1 },
  );
  const finished = new Promise<void>((resolve) => {
    client.on("message", (topic, payload) => {
      if (topic.endsWith("/ack")) {
        acked += 1;
        if (acked === size.results) resolve();
        return;
      }
      first_ms ||= performance.now();
      const { data } = JSON.parse(payload.toString()) as { data: Parameters<typeof answer>[2] };
      answer(client, topic.split("/")[4] ?? "", data);
    });
  });
  for (let k = 0; k < size.instruments; k++) born(client, `i${k}`);
  await finished;
  const seconds = (performance.now() - first_ms) / 1000;
  const events = daemon.lab.position;
  await closeBench(bench);
  return { results_per_s: size.results / seconds, events_per_s: events / seconds };
}

async function resultToBatch(size: { results: number }) {
  const bench = await openBench([
    { id: "c", budget: size.results, inFlight: 1, step: 0.01, model: "{}" },
  ]);
  const { client } = bench;
  const times_ms: number[] = [];
  let sent_ms = 0;
  await client.subscribeAsync(
    [`${PREFIX}/instrument/+/command/start`, `${PREFIX}/campaign/c/batch`],
    { qos: 1 },
  );
  const finished = new Promise<void>((resolve) => {
    client.on("message", (topic, payload) => {
      const { data } = JSON.parse(payload.toString()) as {
        data: Parameters<typeof answer>[2] & { n?: number };
      };
      if (topic.endsWith("/batch")) {
        if (sent_ms > 0) times_ms.push(performance.now() - sent_ms);
        if ((data.n ?? 0) >= size.results) resolve();
        return;
      }
      // The instrument answers a little later, so that the batch before has been published.
      setTimeout(() => {
        sent_ms = performance.now();
        answer(client, "i0", data);
      }, 30);
    });
  });
  born(client, "i0");
  await finished;
  await closeBench(bench);
  const sorted = times_ms.slice(5).sort((a, b) => a - b);
  return {
    median_ms: sorted[sorted.length >> 1] ?? 0,
    p99_ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  };
}

if (process.argv[1]?.endsWith("loop.bench.ts")) await run();
