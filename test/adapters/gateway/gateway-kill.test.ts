import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mosquittoIsThere } from "../../contract/mosquitto.ts";
import { bundledScript } from "../../support/bundled-script.ts";
import { Agent, embeddedBroker, mosquittoBroker, type TestBroker, until } from "./gateway-bench.ts";
import { changeHardware, readHardware } from "./hardware.ts";

let folder: string;
let hardware: string;
let broker: TestBroker;
let agent: Agent;
let gateway: ChildProcess;

const BROKERS = [
  ["the embedded broker", embeddedBroker],
  ...(mosquittoIsThere() ? [["Mosquitto", mosquittoBroker] as const] : []),
] as const;

async function start(): Promise<void> {
  const births = agent.count("birth");
  const script = await bundledScript(join(import.meta.dirname, "furnace-process.ts"));
  const about = [script, broker.url, join(folder, "gateway"), hardware];
  gateway = spawn(process.execPath, about, { stdio: "inherit" });
  await until(() => expect(agent.count("birth")).toBe(births + 1));
}

async function kill(): Promise<void> {
  if (gateway.exitCode !== null || gateway.signalCode !== null) return;
  gateway.kill("SIGKILL");
  await once(gateway, "exit");
}

async function killAndStart(): Promise<void> {
  await kill();
  await start();
}

describe.each(BROKERS)("kill -9 of a gateway, on %s", (_, open) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "tieline-gateway-"));
    hardware = join(folder, "hardware.json");
    changeHardware(hardware, {});
    broker = await open();
    agent = await Agent.at(broker.url, "furnace");
    await start();
  });

  afterEach(async () => {
    await kill();
    await agent.end();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a latched stop that no broker remembers stays latched, a newer epoch stays newer, until a person lifts it", async () => {
    await agent.emergencyStop(true, false);
    await agent.untilSaid("state", { safety: "emergencyStopped" });
    await agent.control("cancel", "never", { epoch: 9 });
    await agent.untilSaid("unknown", { jobId: "never" });
    agent.heard.length = 0;
    await killAndStart();
    await agent.untilSaid("state", { safety: "emergencyStopped" });
    await agent.order("j2", { epoch: 8 });
    await agent.untilSaid("rejected", { jobId: "j2", retryable: false });
    await agent.order("j1", { epoch: 9 });
    await agent.untilSaid("rejected", { jobId: "j1", retryable: true });
    await agent.emergencyStop(false, false);
    await agent.untilSaid("state", { safety: "ok" });
    await agent.order("j3", { epoch: 9 });
    await agent.untilSaid("accepted", { jobId: "j3" });
    expect(readHardware(hardware).told.filter((word) => word.startsWith("begin"))).toEqual([
      "begin j3",
    ]);
  });

  test("a stop that came while it was dead ends the job before anything else, and is read back", async () => {
    await agent.order("j1");
    await agent.untilSaid("state", { operation: "busy", jobId: "j1" });
    await kill();
    await agent.emergencyStop(true, true);
    changeHardware(hardware, { told: [] });
    await start();
    await agent.untilSaid("failed", { jobId: "j1", retryable: false });
    expect(String(agent.last("failed")?.["reason"])).toContain(
      "emergency stop is active (ada: smoke)",
    );
    expect(readHardware(hardware)).toMatchObject({ state: "ready" });
    expect(readHardware(hardware).told[0]).toBe("halt");
    await agent.untilSaid("state", { operation: "idle", safety: "emergencyStopped" });
  });

  test.each([true, false])(
    "a job that was promised and not begun, a stop retained: %s",
    async (isStopped) => {
      await kill();
      const order = {
        ...{ commandId: "s1", jobId: "j1", attempt: 1, campaignId: "c", epoch: 3 },
        ...{ notAfter_ms: Date.now() + 60_000, capability: "anneal" },
        parameters: { temperature_K: 300 },
      };
      const note = JSON.stringify({ note: "accepted", order, time_ms: Date.now() });
      appendFileSync(join(folder, "gateway", "journal.jsonl"), `${note}\n{"note":"begi`);
      if (isStopped) await agent.emergencyStop(true, true);
      await start();
      if (isStopped) await agent.untilSaid("failed", { jobId: "j1" });
      else await until(() => expect(readHardware(hardware).told).toEqual(["begin j1"]));
      if (isStopped) expect(readHardware(hardware).told).not.toContain("begin j1");
    },
  );

  test("a job goes on, ends once, and its result has one id, over as many kills", async () => {
    await agent.order("j1", { sampleIds: ["s1", "s2"] });
    await agent.untilSaid("state", { operation: "busy", jobId: "j1" });
    await killAndStart();
    await agent.reconcile(["j1", "never"]);
    await agent.untilSaid("unknown", { jobId: "never" });
    await agent.untilSaid("accepted", { jobId: "j1" }, 2);
    changeHardware(hardware, { state: "done" });
    await agent.untilSaid("result", { jobId: "j1", simulated: false });
    await killAndStart();
    await agent.untilSaid("result", { jobId: "j1" }, 2);
    await agent.order("j1", { sampleIds: ["s1", "s2"] });
    await agent.untilSaid("result", { jobId: "j1" }, 3);
    const results = agent.heard.filter((one) => one.word === "result");
    expect(new Set(results.map((one) => one.id)).size).toBe(1);
    expect(results[0]?.data["observations"]).toMatchObject([
      { sampleId: "s1" },
      { sampleId: "s2" },
    ]);
    await agent.acknowledge("j1");
    await agent.reconcile(["j1"]);
    expect(readHardware(hardware).told).toEqual(["begin j1"]);
  });

  test("a cancel that the device has not obeyed yet is not forgotten", async () => {
    await agent.order("j1");
    await agent.untilSaid("state", { operation: "busy", jobId: "j1" });
    changeHardware(hardware, { obeys: false });
    await agent.control("cancel", "j1");
    await until(() => expect(readHardware(hardware).told).toContain("halt"));
    await killAndStart();
    await agent.untilSaid("state", { operation: "fault", jobId: "j1" });
    expect(agent.count("failed")).toBe(0);
    changeHardware(hardware, { obeys: true });
    await agent.untilSaid("failed", { jobId: "j1", reason: "cancelled" });
  });

  test("a device that was switched off meanwhile has lost its job: unknown, never done", async () => {
    await agent.order("j1");
    await agent.untilSaid("state", { operation: "busy", jobId: "j1" });
    await kill();
    changeHardware(hardware, { boot: "b2", state: "ready", jobId: null });
    await start();
    await until(() => expect(agent.last("online")?.["bootId"]).toMatch(/-2$/));
    await agent.reconcile(["j1"]);
    await agent.untilSaid("unknown", { jobId: "j1" });
    await agent.untilSaid("state", { operation: "idle" });
    expect(agent.count("result") + agent.count("failed")).toBe(0);
    await agent.order("j2");
    await agent.untilSaid("accepted", { jobId: "j2" });
  });
});
