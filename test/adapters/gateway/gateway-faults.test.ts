import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Capability,
  type Device,
  type DeviceResult,
  type Gateway,
  type GatewayOptions,
  LabError,
  openGateway,
} from "../../../adapters/gateway/index.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { Agent, embeddedBroker, type TestBroker, until } from "./gateway-bench.ts";
import { changeHardware, createFileFurnace, readHardware } from "./hardware.ts";

let folder: string;
let hardware: string;
let broker: TestBroker;
let agent: Agent;
let gateway: Gateway | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tieline-faults-"));
  hardware = join(folder, "hardware.json");
  changeHardware(hardware, {});
  broker = await embeddedBroker();
  agent = await Agent.at(broker.url, "furnace");
});

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  await agent.end();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(changes: Partial<Device> = {}, options: Partial<GatewayOptions> = {}) {
  gateway = await openGateway(
    { ...createFileFurnace(hardware), ...changes },
    {
      ...{ broker: broker.url, folder: join(folder, "gateway"), site: "lab" },
      ...{ instrument: "furnace", poll_ms: 20, resendAfter_ms: 200, silence_ms: 400 },
      ...options,
    },
  );
  await agent.untilSaid("birth", {});
}

const never = <T>(): Promise<T> => new Promise(() => {});
const isRunning = (jobId: string): Promise<void> =>
  agent.untilSaid("state", { operation: "busy", jobId });

describe("a device that does not answer", () => {
  test("begin that is late is halted, fails, and is never done; when it begins after all it is halted again", async () => {
    let beginLate = (): void => {};
    await open(
      {
        begin: () =>
          new Promise((resolve) => {
            beginLate = resolve;
          }),
      },
      { deadlines_ms: { begin: 50 } },
    );
    await agent.order("j1");
    await agent.untilSaid("failed", { jobId: "j1", retryable: false });
    expect(String(agent.last("failed")?.["reason"])).toContain('"begin" in time');
    expect(readHardware(hardware).told).toContain("halt");
    beginLate();
    changeHardware(hardware, { state: "busy", told: [] });
    await until(() => expect(readHardware(hardware)).toMatchObject({ state: "ready" }));
    expect(readHardware(hardware).told).toContain("halt");
    expect(agent.count("result")).toBe(0);
  });

  test("for longer than its patience: the job is unknown; what it did all the same is heard when it is back", async () => {
    let isSilent = false;
    const { status } = createFileFurnace(hardware);
    await open(
      { status: (call) => (isSilent ? never() : status(call)) },
      { deadlines_ms: { status: 50 } },
    );
    await agent.order("j1");
    await isRunning("j1");
    const { bootId } = gateway as Gateway;
    isSilent = true;
    await agent.untilSaid("state", { operation: "fault", jobId: "j1" });
    await until(() => expect(gateway?.bootId).not.toBe(bootId));
    await agent.untilSaid("online", { online: true, bootId: gateway?.bootId ?? "" });
    await agent.reconcile(["j1"]);
    await agent.untilSaid("unknown", { jobId: "j1" });
    expect(agent.count("result") + agent.count("failed")).toBe(0);
    changeHardware(hardware, { state: "done" });
    isSilent = false;
    await agent.untilSaid("result", { jobId: "j1" });
  });

  test.each([
    ["does not end", never],
    ["fails", () => Promise.reject(new Error("the line is cut"))],
  ])("or whose close %s: the gateway ends, and its folder is free", async (_, close) => {
    await open({ close }, { deadlines_ms: { close: 50 } });
    await gateway?.stop();
    await open();
  });

  test("is opened afresh before it is asked again", async () => {
    let opened = 0;
    let isBroken = false;
    const { status } = createFileFurnace(hardware);
    await open({
      open: () => {
        opened += 1;
        isBroken = false;
      },
      status: (call) => {
        if (isBroken) throw new Error("the line is cut");
        return status(call);
      },
    });
    await agent.untilSaid("state", { operation: "idle" });
    isBroken = true;
    await until(() => expect(opened).toBe(2));
    await agent.untilSaid("state", { operation: "idle" }, 2);
  });

  test("that is off when the gateway starts is waited for; one that is the wrong one ends the start", async () => {
    let isOff = true;
    const device = createFileFurnace(hardware);
    const known: Capability[] = [];
    await open({
      capabilities: known,
      open: () => {
        if (isOff) throw new Error("connection refused");
        known.push(...device.capabilities);
      },
    });
    await agent.untilSaid("state", { operation: "fault" });
    isOff = false;
    await agent.untilSaid("birth", { capabilities: [expect.objectContaining({ name: "anneal" })] });
    await gateway?.stop();
    const wrong = new LabError("TL-3202", "This is a 2408, not a 3216");
    const options = { broker: broker.url, folder: join(folder, "other"), instrument: "furnace" };
    const refused = { ...device, open: () => Promise.reject(wrong) };
    await expect(openGateway(refused, options)).rejects.toBe(wrong);
    await (await openGateway(device, options)).stop(); // the folder is free again
  });
});

describe("a stop", () => {
  test("goes ahead of a call that hangs, and is repeated until the device has been seen at rest", async () => {
    const line = { hangs: false, calls: 0 };
    const telemetry = async (): Promise<never[]> => {
      if (!line.hangs) return [];
      line.calls += 1;
      return await never();
    };
    await open({ telemetry }, { deadlines_ms: { telemetry: 4000 } });
    await agent.order("j1");
    await isRunning("j1");
    changeHardware(hardware, { obeys: false, told: [] });
    line.hangs = true;
    await until(() => expect(line.calls).toBe(1));
    const asked_ms = performance.now();
    await agent.emergencyStop(true, false);
    await until(() => expect(readHardware(hardware).told[0]).toBe("halt"));
    expect(performance.now() - asked_ms).toBeLessThan(3000);
    line.hangs = false;
    await agent.untilSaid("state", { operation: "fault", safety: "interlocked" });
    expect(agent.count("failed")).toBe(0);
    changeHardware(hardware, { obeys: true });
    await agent.untilSaid("failed", { jobId: "j1" });
    await agent.untilSaid("state", { operation: "idle", safety: "emergencyStopped" });
    const word = { active: false, by: "ada", reason: "safe" };
    await agent.say("safety/emergency-stop", "safety.emergencyStop", word, false, "instrument/x");
    await agent.order("j2");
    await agent.untilSaid("rejected", { jobId: "j2", retryable: true });
    await agent.emergencyStop(false, false);
    await agent.untilSaid("state", { operation: "idle", safety: "ok" });
  });

  test("also halts a device that works for somebody else, and again when it moves while the stop is latched", async () => {
    changeHardware(hardware, { state: "busy" });
    await open();
    await agent.emergencyStop(true, false);
    await until(() => expect(readHardware(hardware).state).toBe("ready"));
    changeHardware(hardware, { state: "busy" });
    await until(() => expect(readHardware(hardware).state).toBe("ready"));
  });
});

describe("a job", () => {
  test.each([
    ["the device is under local control", { control: "local" as const }],
    ["somebody else uses it", { state: "busy" as const }],
    ["it is in fault", { state: "fault" as const }],
  ])("is refused for now while %s, as seen at that moment", async (_, changes) => {
    await open({}, { poll_ms: 60_000 });
    changeHardware(hardware, changes);
    await agent.order("j1");
    await agent.untilSaid("rejected", { jobId: "j1", retryable: true });
    expect(readHardware(hardware).told).toEqual([]);
  });

  test("is held to the narrower of the device's and the configuration's limits", async () => {
    await open({}, { limits: { temperature_K: { max: 726.85, unit: "Cel" } } });
    await agent.order("j1", { parameters: { temperature_K: 1001 } });
    await agent.untilSaid("rejected", { jobId: "j1", retryable: false });
    expect(agent.last("rejected")?.["reason"]).toBe(
      "temperature_K = 1001 K is outside the gateway's limits: -inf to 726.85 Cel (TL-3104)",
    );
    await agent.order("j2", { parameters: { temperature_K: 270 } });
    await agent.untilSaid("rejected", { jobId: "j2", retryable: false });
    await agent.order("j3", { parameters: { temperature_K: 1000 } });
    await agent.untilSaid("accepted", { jobId: "j3" });
  });

  test("that the device forgets when it is switched off and on is unknown, though it looks as if it had ended", async () => {
    await open();
    await agent.order("j1");
    await isRunning("j1");
    const { bootId } = gateway as Gateway;
    changeHardware(hardware, { state: "done", boot: "b2", jobId: null });
    await until(() => expect(gateway?.bootId).not.toBe(bootId));
    await agent.untilSaid("online", { online: true, bootId: gateway?.bootId ?? "" });
    await agent.reconcile(["j1"]);
    await agent.untilSaid("unknown", { jobId: "j1" });
    expect(agent.count("result")).toBe(0);
  });

  test("that just stops without a word is unknown, not done", async () => {
    await open();
    await agent.order("j1");
    await isRunning("j1");
    changeHardware(hardware, { state: "ready" });
    await agent.untilSaid("online", { online: false });
    await agent.untilSaid("state", { operation: "idle" }, 2);
    await agent.reconcile(["j1"]);
    await agent.untilSaid("unknown", { jobId: "j1" });
  });

  test("with a remark of the device's is a result all the same, and the log has the remark", async () => {
    const said: unknown[] = [];
    const logger = {
      ...silentLogger,
      warn: (fields: object, event: string): void => void said.push({ event, ...fields }),
    };
    const remark = "stays at the device: scan.raw (more than 64 MB)";
    await open({ result: () => ({ observations: [], remark }) }, { logger });
    await agent.order("j1");
    await isRunning("j1");
    changeHardware(hardware, { state: "done" });
    await agent.untilSaid("result", { jobId: "j1" });
    expect(said).toContainEqual({ event: "gateway.remark", jobId: "j1", attempt: 1, remark });
  });

  test("whose start the device refuses fails in the device's own words", async () => {
    await open({
      begin: () => {
        throw new Error("exception 3: illegal data value");
      },
    });
    await agent.order("j1");
    await agent.untilSaid("failed", { jobId: "j1", reason: "exception 3: illegal data value" });
    await agent.untilSaid("state", { operation: "idle" }, 2);
  });

  test.each<[string, () => DeviceResult, RegExp]>([
    ["a NaN", () => objective(Number.NaN, "GPa"), /observations\.0\.value/],
    ["an unknown unit", () => objective(1, "furlong!"), /"furlong!" is not a known UCUM unit/],
    [
      "what cannot be read",
      () => {
        throw new Error("the file is empty");
      },
      /cannot be read: the file is empty/,
    ],
  ])(
    "whose result is %s fails with the reason, and is not sent into quarantine",
    async (_, result, why) => {
      await open({ result });
      await agent.order("j1");
      await isRunning("j1");
      changeHardware(hardware, { state: "done" });
      await agent.untilSaid("failed", { jobId: "j1" });
      expect(String(agent.last("failed")?.["reason"])).toMatch(why);
    },
  );

  test("is held and goes on, each command once however often it comes; telemetry is told meanwhile", async () => {
    await open();
    await agent.order("j1");
    await isRunning("j1");
    await agent.control("hold", "j1", { commandId: "h1" });
    await agent.untilSaid("state", { operation: "held", jobId: "j1" });
    await agent.control("resume", "j1", { commandId: "r1" });
    await until(() => expect(readHardware(hardware).state).toBe("busy"));
    await agent.control("hold", "j1", { commandId: "h1" });
    await agent.control("hold", "j1", { commandId: "h2", epoch: 2 });
    await agent.control("hold", "other", { commandId: "h3" });
    await agent.untilSaid("unknown", { jobId: "other" });
    expect(readHardware(hardware).told).toEqual(["begin j1", "hold", "resume"]);
    await agent.untilSaid("temperature", { value: 300, unit: "K" });
    await agent.untilSaid("birth", { channels: { temperature: { unit: "K" } } });
  });
});

function objective(value: number, unit: string): DeviceResult {
  return { observations: [{ kind: "objective", name: "hardness", value, unit }] };
}
