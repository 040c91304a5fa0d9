import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createEmbeddedBroker } from "../../../adapters/broker/embedded-broker.ts";
import { fetchReference, referTo } from "../../../adapters/frames/data-reference.ts";
import {
  createTaskDevice,
  type DeviceResult,
  type Gateway,
  openGateway,
  type Task,
  type TaskJob,
} from "../../../adapters/gateway/index.ts";
import { createBuiltinProgram } from "../../../adapters/runners/builtin-program.ts";
import { forgetChild, runChild, signalGroup } from "../../../adapters/runners/child-run.ts";
import { readTemplate } from "../../../adapters/runners/lammps-template.ts";
import { silentLogger } from "../../../src/core/logger.ts";

type Data = Readonly<Record<string, unknown>>;

interface Heard {
  readonly word: string;
  readonly data: Data;
}

const ROOT = "tieline/v1/lab/instrument/md";

/** A program whose simulations end when the test says so. */
function patientProgram(): Task & {
  tasks: TaskJob[];
  end(outcome: DeviceResult): void;
} {
  const tasks: TaskJob[] = [];
  const ends: ((outcome: DeviceResult) => void)[] = [];
  const [capability] = createBuiltinProgram({ duration_s: 1 }).capabilities;
  const limited = {
    ...capability!,
    parameters: { temperature_K: { unit: "K", min: 1, max: 3000 } },
  };
  return {
    kind: "molecular-dynamics",
    capabilities: [limited],
    simulated: true,
    resumes: true,
    tasks,
    end: (outcome) => ends.at(-1)?.(outcome),
    run: (task) => {
      tasks.push(task);
      return new Promise((resolve) => {
        ends.push(resolve);
        task.signal.addEventListener("abort", () =>
          resolve({ failed: String(task.signal.reason), retryable: true }),
        );
      });
    },
  };
}

const DONE: DeviceResult = { observations: [] };

let folder: string;
let broker: ReturnType<typeof createEmbeddedBroker>;
let agent: MqttClient;
let heard: Heard[];
let runners: Gateway[];
let commands = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tieline-runner-"));
  heard = [];
  runners = [];
  broker = createEmbeddedBroker({
    host: "127.0.0.1",
    port: 0,
    filters: [],
    mayBeRetained: () => true,
    logger: silentLogger,
  });
  await broker.start({ onMessage: async () => {}, onConnection: () => {} });
  agent = connect(`mqtt://127.0.0.1:${String((broker as { port?: number }).port)}`);
  agent.on("message", (topic, payload) => {
    const { data } = JSON.parse(payload.toString("utf8")) as { data: Data };
    if (!topic.endsWith("/ack") && !topic.includes("/command/"))
      heard.push({ word: topic.split("/").at(-1) ?? "", data });
  });
  await agent.subscribeAsync(`${ROOT}/#`, { qos: 1 });
});

afterEach(async () => {
  for (const runner of runners) await runner.stop();
  await agent.endAsync(true);
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Time stands still for the agent's deadlines, and runs for pauses. */
const clock: NonNullable<Parameters<typeof openGateway>[1]["clock"]> = {
  now_ms: () => 1_000_000,
  schedule: (at_ms, callback) => {
    const timer = setTimeout(callback, at_ms - 1_000_000);
    return () => clearTimeout(timer);
  },
};

async function startRunner(program: Task): Promise<Gateway> {
  const births = count("birth");
  const runner = await openGateway(createTaskDevice(program), {
    broker: `mqtt://127.0.0.1:${String((broker as { port?: number }).port)}`,
    site: "lab",
    instrument: "md",
    folder,
    clock,
    resendAfter_ms: 60,
  });
  runners.push(runner);
  await vi.waitFor(() => expect(count("birth")).toBe(births + 1), 45_000);
  return runner;
}

function count(word: string): number {
  return heard.filter((one) => one.word === word).length;
}

function last(word: string): Data | undefined {
  return heard.filter((one) => one.word === word).at(-1)?.data;
}

async function say(path: string, type: string, data: Data): Promise<void> {
  const envelope = {
    specversion: "1.0",
    id: `a${++commands}`,
    source: "agent/t",
    type,
    time: new Date(0).toISOString(),
    data,
  };
  await agent.publishAsync(`tieline/v1/lab/${path}`, JSON.stringify(envelope), { qos: 1 });
}

function order(jobId: string, changes: Data = {}): Promise<void> {
  return say("instrument/md/command/start", "tieline.job.start", {
    commandId: `start-${jobId}`,
    jobId,
    attempt: 1,
    campaignId: "c",
    epoch: 3,
    notAfter: new Date(2_000_000).toISOString(),
    capability: "quench",
    parameters: { temperature_K: 300 },
    ...changes,
  });
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, 45_000);

describe("a simulation runner", () => {
  test("accepts, runs, and says its result until it is acknowledged", async () => {
    const program = patientProgram();
    await startRunner(program);
    await order("j1");
    await until(() => expect(count("accepted")).toBe(1));
    program.tasks[0]?.onProgress(0.5);
    await until(() => expect(last("progress")).toMatchObject({ jobId: "j1", fraction: 0.5 }));
    program.end(DONE);
    await until(() => expect(count("result")).toBeGreaterThan(2));
    await say("instrument/md/job/j1/ack", "tieline.job.ack", {
      jobId: "j1",
      attempt: 1,
      position: 9,
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const said = count("result");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(count("result")).toBe(said);
  });

  test("a command that comes twice is done once", async () => {
    const program = patientProgram();
    await startRunner(program);
    await order("j1");
    await order("j1");
    await until(() => expect(count("accepted")).toBe(2));
    expect(program.tasks).toHaveLength(1);
  });

  test("a job named as one before, at other set points, is another simulation; at the same ones it is done", async () => {
    const program = patientProgram();
    await startRunner(program);
    await order("j1");
    await until(() => expect(program.tasks).toHaveLength(1));
    program.end(DONE);
    await until(() => expect(count("result")).toBeGreaterThan(0));
    await order("j1", { commandId: "again" });
    await order("j1", { commandId: "anew", parameters: { temperature_K: 500 } });
    await until(() => expect(program.tasks).toHaveLength(2));
    expect(program.tasks[1]?.parameters).toEqual({ temperature_K: 500 });
    expect(program.tasks[1]?.folder).not.toBe(program.tasks[0]?.folder);
  });

  test.each([
    ["its notAfter has passed", { notAfter: new Date(500_000).toISOString() }, true],
    [
      "a set point lies outside the announced limits",
      { parameters: { temperature_K: 3001 } },
      false,
    ],
    ["a set point is missing", { parameters: {} }, false],
    ["a set point was never announced", { parameters: { temperature_K: 300, pressure: 1 } }, false],
    ["the capability is another one", { capability: "anneal" }, false],
  ])("refuses a start when %s", async (_, changes, retryable) => {
    const program = patientProgram();
    await startRunner(program);
    await order("j1", changes);
    await until(() => expect(last("rejected")).toMatchObject({ jobId: "j1", retryable }));
    expect(program.tasks).toHaveLength(0);
  });

  test("refuses an older epoch, and a second job while it is busy", async () => {
    const program = patientProgram();
    await startRunner(program);
    await order("j1", { epoch: 5 });
    await until(() => expect(count("accepted")).toBe(1));
    await order("j2", { epoch: 4 });
    await until(() => expect(last("rejected")?.["reason"]).toContain("epoch 4 is older than 5"));
    await order("j3", { epoch: 5 });
    await until(() => expect(last("rejected")?.["reason"]).toContain("busy with job j1"));
  });

  test("cancel and the emergency stop end the simulation; nothing starts until it is lifted", async () => {
    const program = patientProgram();
    await startRunner(program);
    await order("j1");
    await until(() => expect(count("accepted")).toBe(1));
    await say("instrument/md/command/cancel", "tieline.job.cancel", {
      commandId: "x",
      jobId: "j1",
      epoch: 3,
    });
    await until(() => expect(last("failed")).toMatchObject({ jobId: "j1", reason: "cancelled" }));
    await order("j2");
    await until(() => expect(count("accepted")).toBe(2));
    const stop = (active: boolean): Promise<void> =>
      say("safety/emergency-stop", "tieline.safety.emergencyStop", {
        active,
        by: "t",
        reason: "t",
      });
    await stop(true);
    await until(() => expect(last("failed")).toMatchObject({ jobId: "j2" }));
    await order("j3");
    await until(() => expect(last("rejected")).toMatchObject({ jobId: "j3", retryable: true }));
    await stop(false);
    await order("j4");
    await until(() => expect(last("accepted")).toMatchObject({ jobId: "j4" }));
  });

  test("started again after a kill it takes up its job, and answers reconcile truthfully", async () => {
    const before = patientProgram();
    const killed = await startRunner(before);
    await order("ended");
    await until(() => expect(count("accepted")).toBe(1));
    before.end(DONE);
    await until(() => expect(count("result")).toBeGreaterThan(0));
    await order("running");
    await until(() => expect(before.tasks).toHaveLength(2));
    await killed.stop();
    // What a kill in the middle of a write leaves behind.
    appendFileSync(join(folder, "journal.jsonl"), '{"note":"acc');
    const after = patientProgram();
    heard.length = 0;
    await startRunner(after);
    await until(() => expect(after.tasks.map((task) => task.jobId)).toEqual(["running"]));
    expect(after.tasks[0]?.folder).toBe(before.tasks[1]?.folder);
    await say("instrument/md/command/reconcile", "tieline.job.reconcile", {
      commandId: "r",
      jobIds: ["ended", "running", "never"],
      epoch: 4,
    });
    await until(() => {
      expect(last("unknown")).toEqual({ jobId: "never" });
      expect(last("accepted")).toMatchObject({ jobId: "running" });
      expect(last("result")).toMatchObject({ jobId: "ended" });
    });
    await order("running");
    await until(() => expect(count("accepted")).toBeGreaterThan(1));
    expect(after.tasks).toHaveLength(1);
  });
});

test("a job that was held when its gateway ended is held at the next start, and can be resumed", async () => {
  const held: boolean[] = [];
  const resumed: string[] = [];
  const task = (): Task => ({
    ...patientProgram(),
    run: (job) => {
      held.push(job.held);
      return new Promise(() => {});
    },
    hold: () => {},
    resume: ({ jobId }) => void resumed.push(jobId),
  });
  const control = (kind: string) =>
    say(`instrument/md/command/${kind}`, `tieline.job.${kind}`, {
      commandId: kind,
      jobId: "j1",
      epoch: 3,
    });
  const gateway = await startRunner(task());
  await order("j1");
  await until(() => expect(last("state")).toMatchObject({ operation: "busy" }));
  await control("hold");
  await until(() => expect(last("state")).toMatchObject({ operation: "held" }));
  await gateway.stop();
  await startRunner(task());
  await until(() => expect(last("state")).toMatchObject({ operation: "held", jobId: "j1" }));
  await control("resume");
  await until(() => expect(last("state")).toMatchObject({ operation: "busy" }));
  expect(held).toEqual([false, true]);
  expect(resumed).toEqual(["j1"]);
});

test("the journal of a runner of the first days is read: its job is taken up, its result is said", async () => {
  const old = (jobId: string) => ({
    ...{ commandId: `start-${jobId}`, jobId, attempt: 1, epoch: 3, notAfter_ms: 1 },
    ...{ capability: "quench", parameters: { temperature_K: 300 } },
  });
  const notes = [
    { note: "accepted", order: old("ended") },
    {
      note: "ended",
      jobId: "ended",
      attempt: 1,
      outcome: { word: "result", observations: [], raw: [] },
    },
    { note: "accepted", order: old("running") },
  ];
  const text = notes.map((note) => `${JSON.stringify(note)}\n`).join("");
  writeFileSync(join(folder, "journal.jsonl"), text);
  const program = patientProgram();
  await startRunner(program);
  await until(() => expect(program.tasks.map(({ jobId }) => jobId)).toEqual(["running"]));
  await until(() => expect(last("result")).toMatchObject({ jobId: "ended" }));
});

test("a second gateway in the same folder is refused; the lock of a dead one is taken over", async () => {
  const device = createTaskDevice(patientProgram());
  const options = { broker: "mqtt://127.0.0.1:1", instrument: "md", folder: join(folder, "j") };
  const first = await openGateway(device, options);
  await expect(openGateway(device, options)).rejects.toMatchObject({ code: "TL-4005" });
  await first.stop();
  writeFileSync(join(options.folder, "tieline.lock"), "999999 1");
  await (await openGateway(device, options)).stop();
});

describe("a child that outlives its runner", () => {
  const task = (command: readonly string[], signal = new AbortController().signal) => ({
    command,
    folder,
    environment: {},
    signal,
    onTick: () => {},
  });

  test("is found again with its exit code, is not begun twice", async () => {
    const command = ["sh", "-c", "echo once >> ran; sleep 0.4; exit 3"];
    const first = runChild(task(command));
    const second = runChild(task(command));
    expect(await first).toEqual({ code: 3 });
    expect(await second).toEqual({ code: 3 });
    expect(readFileSync(join(folder, "ran"), "utf8")).toBe("once\n");
  });

  test("killed with its shell it is lost, and can be begun anew", async () => {
    const ended = runChild(task(["sleep", "20"]));
    await until(() => expect(existsSync(join(folder, "pid"))).toBe(true));
    signalGroup(folder, "SIGKILL");
    expect(await ended).toBe("lost");
    forgetChild(folder);
    expect(await runChild(task(["true"]))).toEqual({ code: 0 });
  });

  test("is ended, and not begun, by a call that comes with its cancel, as after a restart", async () => {
    const cancelled = AbortSignal.abort("cancelled");
    expect(await runChild(task(["touch", "begun"], cancelled))).toBe("aborted");
    expect(existsSync(join(folder, "begun"))).toBe(false);
    const before = runChild(task(["sleep", "20"]));
    await until(() => expect(existsSync(join(folder, "pid"))).toBe(true));
    expect(await runChild(task(["sleep", "20"], cancelled))).toBe("aborted");
    expect(["lost", { code: 143 }]).toContainEqual(await before);
  });

  test("ends when it is cancelled", async () => {
    const abort = new AbortController();
    const ended = runChild(task(["sleep", "20"], abort.signal));
    await until(() => expect(existsSync(join(folder, "pid"))).toBe(true));
    abort.abort("cancelled");
    expect(await ended).toBe("aborted");
  });
});

test("a file that is not the one announced is refused", async () => {
  const path = join(folder, "a.xyz");
  writeFileSync(path, "1\nx\nSi 0 0 0\n");
  const reference = await referTo(path);
  expect(await fetchReference(reference)).toBe(fileURLToPath(reference.uri));
  appendFileSync(path, "1\nx\nSi 0 0 0\n");
  await expect(fetchReference(reference)).rejects.toMatchObject({ code: "TL-7020" });
});

test("a template tells its capability; one without is refused with its line", () => {
  const example = join(import.meta.dirname, "../../../config/silicon/quench.lmp");
  expect(readTemplate(example)).toMatchObject({
    name: "quench",
    parameters: { temperature_K: { unit: "K", min: 250, max: 3200 } },
  });
  const path = join(folder, "in.lmp");
  writeFileSync(
    path,
    "# tieline capability q\n# tieline parameter T unit K min 5 max 1\ndump $OUT\n",
  );
  expect(() => readTemplate(path)).toThrow(expect.objectContaining({ code: "TL-7031" }));
});
