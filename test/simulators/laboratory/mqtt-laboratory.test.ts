import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSimulatedLaboratory } from "../../../simulators/index.ts";
import { anneal, diffraction, synthesis } from "../support/virtual-agent.ts";

const SPEED = 3000;
let broker: Aedes;
let server: Server;
let brokerUrl: string;
let folder: string;
let agent: MqttClient;
let heard: { topic: string; type: string; data: Record<string, unknown> }[];

beforeEach(async () => {
  broker = await Aedes.createBroker();
  server = createServer((socket) => broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  brokerUrl = `mqtt://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  folder = mkdtempSync(join(tmpdir(), "tieline-laboratory-"));
  heard = [];
  agent = await connectAsync(brokerUrl, { clientId: "agent" });
  agent.on("message", (topic, payload) => {
    const { type, data } = JSON.parse(payload.toString());
    heard.push({ topic, type: type.replace(/^tieline\./, ""), data });
  });
  await agent.subscribeAsync("tieline/v1/north/#", { qos: 1 });
});

afterEach(async () => {
  await agent.endAsync(true);
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 45_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const has = (type: string, jobId?: string) => (): boolean =>
  heard.some((m) => m.type === type && (jobId === undefined || m.data["jobId"] === jobId));

async function order(instrumentId: string, data: Record<string, unknown>): Promise<void> {
  const full = {
    commandId: `start-${String(data["jobId"])}`,
    attempt: 1,
    campaignId: "map",
    epoch: 1,
    notAfter: new Date(Date.now() + 45_000).toISOString(),
    parameters: {},
    ...data,
  };
  await say(`instrument/${instrumentId}/command/start`, "tieline.job.start", full);
}

let said = 0;
async function say(rest: string, type: string, data: Record<string, unknown>): Promise<void> {
  const time = new Date().toISOString();
  const envelope = { specversion: "1.0", id: `m${++said}`, source: "agent/test", type, time, data };
  await agent.publishAsync(`tieline/v1/north/${rest}`, JSON.stringify(envelope), { qos: 1 });
}

const ack = (instrumentId: string, jobId: string): Promise<void> =>
  say(`instrument/${instrumentId}/job/${jobId}/ack`, "tieline.job.ack", {
    jobId,
    attempt: 1,
    position: 1,
  });

function start() {
  const options = { brokerUrl, site: "north", folder, speed: SPEED, seed: "1" };
  return startSimulatedLaboratory({ ...options, resendAfter_s: 0.3 });
}

describe("the laboratory over real MQTT", () => {
  test("makes, anneals and measures a sample; good-bye is said", async () => {
    const laboratory = start();
    await until(
      "four births",
      () => heard.filter((m) => m.type === "instrument.birth").length === 4,
    );
    await order("robot-1", synthesis("e1.s1", "e1", [0.5, 0.25, 0.25]));
    await until("the sample", has("job.result", "e1.s1"));
    await ack("robot-1", "e1.s1");
    await order("furnace-2", anneal("e1.s2", "e1"));
    await until("the anneal", has("job.result", "e1.s2"));
    await ack("furnace-2", "e1.s2");
    await order("diffractometer-1", diffraction("e1.s3", "e1"));
    await until("the measurement", has("job.result", "e1.s3"));
    await ack("diffractometer-1", "e1.s3");
    await until(
      "three acks",
      () => laboratory.ledger().filter((e) => e.event === "acked").length === 3,
    );
    const result = heard.find((m) => m.type === "job.result" && m.data["jobId"] === "e1.s3");
    expect(result?.data["observations"]).toMatchObject([{ phases: ["FCC_A1", "TAU"] }]);
    await laboratory.stop();
    await until(
      "four good-byes",
      () =>
        heard.filter((m) => m.type === "instrument.online" && m.data["online"] === false).length ===
        4,
    );
  });

  test("started again on its folder, it knows its samples, its jobs and its unacknowledged results", async () => {
    const first = start();
    await until("births", () => heard.filter((m) => m.type === "instrument.birth").length === 4);
    await order("robot-1", synthesis("e1.s1", "e1", [1, 0, 0]));
    await until("the sample", has("job.result", "e1.s1"));
    await order("furnace-1", { ...anneal("e1.s2", "e1", 1.2) });
    await until("acceptance", has("job.accepted", "e1.s2"));
    await first.stop();
    heard.length = 0;
    const second = start();
    await until("the old result", has("job.result", "e1.s1"));
    await until("the anneal that went on", has("job.result", "e1.s2"));
    const starts = second.ledger().filter((e) => e.event === "started");
    expect(starts.map(({ jobId }) => jobId)).toEqual(["e1.s1", "e1.s2"]);
    await second.stop();
    await second.stop();
  });

  test("a broker that comes late is waited for, and one that restarts is found again", async () => {
    const laboratory = start();
    await until("births", () => heard.filter((m) => m.type === "instrument.birth").length === 4);
    for (const client of Object.values((broker as unknown as { clients: object }).clients)) {
      if ((client as { id: string }).id !== "agent") (client as { close: () => void }).close();
    }
    heard.length = 0;
    await until(
      "births again",
      () => heard.filter((m) => m.type === "instrument.birth").length === 4,
    );
    await order("robot-1", synthesis("e1.s1", "e1", [1, 0, 0]));
    await until("the sample", has("job.result", "e1.s1"));
    await laboratory.stop();
  });
});
