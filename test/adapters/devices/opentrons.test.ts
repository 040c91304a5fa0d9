import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOpentronsTask } from "../../../adapters/devices/opentrons/opentrons-task.ts";
import { createTaskDevice, type Gateway, openGateway } from "../../../adapters/gateway/index.ts";
import { OpentronsRobot } from "../../support/opentrons-robot.ts";
import { examineAt } from "../conformance/examine-at.ts";
import { Agent, embeddedBroker, type TestBroker, until } from "../gateway/gateway-bench.ts";
import { REAL } from "./thermal-bench.ts";
import { VirtualClock } from "./virtual-clock.ts";

let folder: string;
let broker: TestBroker;
let agent: Agent;
let robot: OpentronsRobot;
let gateway: Gateway | undefined;

beforeAll(async () => {
  broker = await embeddedBroker();
});
afterAll(async () => {
  await broker.stop();
});
let named = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tieline-opentrons-"));
  writeFileSync(join(folder, "mix.py"), "metadata = {'apiLevel': '2.18'}\n");
  named += 1;
  agent = await Agent.at(broker.url, `ot-${named}`);
  robot = new OpentronsRobot();
  await robot.start();
  await open();
});
afterEach(async () => {
  await gateway?.stop();
  await agent.end();
  await robot.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  const births = agent.count("birth");
  const task = createOpentronsTask({
    ...{ at: robot.url, protocol: join(folder, "mix.py"), clock: REAL, look_ms: 20 },
    ...{ capability: "mix", expectedDuration_s: 60 },
    parameters: [{ name: "volume_uL", unit: "uL", min: 1, max: 300, as: "volume" }],
  });
  gateway = await openGateway(createTaskDevice(task), {
    ...{ broker: broker.url, site: "lab", instrument: `ot-${named}`, poll_ms: 20 },
    ...{ resendAfter_ms: 300, folder: join(folder, "gateway") },
  });
  await until(() => expect(agent.count("birth")).toBeGreaterThan(births));
}

const order = (jobId: string) =>
  agent.order(jobId, { capability: "mix", parameters: { volume_uL: 12.5 } });
const untilPlaying = () => until(() => expect(robot.runs.at(-1)?.status).toBe("running"));

describe("an Opentrons robot", () => {
  test("gets each job as a protocol of its own, looks at it first, runs it, and says what it ran with", async () => {
    await order("map.1.s1");
    await agent.untilSaid("result", { jobId: "map.1.s1", actual: { volume_uL: 12.5 } });
    await agent.acknowledge("map.1.s1");
    await order("map.2.s1");
    await agent.untilSaid("result", { jobId: "map.2.s1" });
    expect(robot.protocols.map(({ key }) => key)).toEqual(["map.1.s1#1", "map.2.s1#1"]);
    expect(robot.protocols[0]?.text).toContain("apiLevel");
    expect(robot.runs.map(({ runTimeParameters: [one] }) => one)).toEqual([
      { variableName: "volume", value: 12.5 },
      { variableName: "volume", value: 12.5 },
    ]);
    expect(robot.actions).toEqual(["play", "play"]);
  });

  test("whose every answer is lost once makes one run all the same", async () => {
    robot.losing.push("POST /protocols", "GET /protocols/ID/analyses/ID", "POST /runs");
    robot.losing.push("POST /runs/ID/actions", "GET /runs/ID", "PATCH /runs/ID");
    robot.worksOn = true;
    await order("map.1.s1");
    await untilPlaying();
    robot.finish("succeeded");
    await agent.untilSaid("result", { jobId: "map.1.s1" });
    expect(robot.losing).toEqual([]);
    expect([robot.protocols.length, robot.runs.length]).toEqual([1, 1]);
    expect(robot.actions).toEqual(["play"]);
  });

  test.each(["pieces", "error", "cut", { silent_ms: 300 }] as const)(
    "whose answers come as %j in the middle of its run: one run, one result",
    async (spite) => {
      robot.worksOn = true;
      await order("map.1.s1");
      await untilPlaying();
      robot.spites.push(...Array.from({ length: 3 }, () => spite));
      await until(() => expect(robot.spites).toEqual([]));
      expect(agent.count("failed") + agent.count("result")).toBe(0);
      robot.finish("succeeded");
      await agent.untilSaid("result", { jobId: "map.1.s1" });
      expect([robot.runs.length, robot.actions]).toEqual([1, ["play"]]);
    },
  );

  test("whose network is away for ten minutes (virtual time) is found at its run again", async () => {
    const clock = new VirtualClock();
    const task = createOpentronsTask({
      ...{ at: robot.url, protocol: join(folder, "mix.py"), clock, look_ms: 1000 },
      ...{ capability: "mix", expectedDuration_s: 60, parameters: [] },
    });
    const job = { jobId: "map.1.s1", attempt: 1, capability: "mix", parameters: {}, sampleIds: [] };
    const never = { signal: new AbortController().signal, onProgress: () => {}, held: false };
    robot.worksOn = true;
    let ended: unknown;
    void Promise.resolve(task.run({ ...job, ...never, folder })).then((result) => {
      ended = result;
    });
    // The robot is a real server: each look needs a turn of real time.
    const looks = async (count: number): Promise<void> => {
      for (let k = 0; k < count; k++) {
        await clock.pass(1000);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await until(async () => {
      await looks(1);
      expect(robot.runs.at(-1)?.status).toBe("running");
    });
    await robot.stop();
    await looks(600);
    expect(ended).toBeUndefined();
    robot.finish("succeeded");
    await robot.start();
    await until(async () => {
      await looks(1);
      expect(ended).toMatchObject({ observations: [] });
    });
    expect([robot.runs.length, robot.actions]).toEqual([1, ["play"]]);
  });

  test("that finds fault in its dry run is not run", async () => {
    robot.analysisError = "pipette tip count exceeded";
    await order("map.1.s1");
    await agent.untilSaid("failed", {
      reason: "the dry run does not pass (not-ok): pipette tip count exceeded",
    });
    expect(robot.runs).toEqual([]);
  });

  test("is stopped by an emergency stop, and the stop is seen at the robot before it counts", async () => {
    robot.worksOn = true;
    await order("map.1.s1");
    await untilPlaying();
    await agent.emergencyStop(true, false);
    await agent.untilSaid("failed", { jobId: "map.1.s1" });
    expect(robot.runs.map(({ status }) => status)).toEqual(["stopped"]);
    expect(robot.actions).toEqual(["play", "stop"]);
    await agent.untilSaid("state", { operation: "idle", safety: "emergencyStopped" });
  });

  test("is held and goes on, and an error that waits for a person ends nothing", async () => {
    robot.worksOn = true;
    await order("map.1.s1");
    await untilPlaying();
    await agent.control("hold", "map.1.s1");
    await agent.untilSaid("state", { operation: "held" });
    expect(robot.runs[0]?.status).toBe("paused");
    await agent.control("resume", "map.1.s1");
    await untilPlaying();
    robot.finish("awaiting-recovery");
    await agent.untilSaid("progress", { message: "an error waits for a person at the robot" });
    expect(agent.count("failed") + agent.count("result")).toBe(0);
    robot.finish("failed", "no liquid in A1");
    await agent.untilSaid("failed", { reason: "the run failed: no liquid in A1" });
  });

  test("on which somebody else works is left alone", async () => {
    robot.runs.push({
      ...{ id: "cccc99999999", protocolId: "aaaa99999999", status: "running", current: true },
      ...{ errors: [], runTimeParameters: [] },
    });
    await order("map.1.s1");
    await agent.untilSaid("failed", { retryable: true });
    expect(agent.last("failed")?.["reason"]).toMatch(/another run is on the robot/);
    expect(robot.actions).toEqual([]);
  });

  test("goes on with its run when the gateway ends and starts again, and never makes a second", async () => {
    robot.worksOn = true;
    await order("map.1.s1");
    await untilPlaying();
    await gateway?.stop();
    await open();
    robot.finish("succeeded");
    await agent.untilSaid("result", { jobId: "map.1.s1" });
    expect([robot.protocols.length, robot.runs.length, robot.actions]).toEqual([1, 1, ["play"]]);
  });

  test("keeps the contract, every clause of it", { timeout: 60_000 }, async () => {
    const patience = { job_ms: 5000, answer_ms: 600, resend_ms: 1500 };
    expect(await examineAt(broker.url, `ot-${named}`, patience)).toEqual([]);
    expect(robot.runs.length).toBeGreaterThan(3);
  });

  test("that was switched off in mid-run is never done", async () => {
    robot.worksOn = true;
    await order("map.1.s1");
    await untilPlaying();
    await robot.powerCycle();
    await agent.untilSaid("failed", { jobId: "map.1.s1", retryable: false });
    expect(agent.last("failed")?.["reason"]).toMatch(/restarted in its run/);
    expect(agent.count("result")).toBe(0);
  });
});
