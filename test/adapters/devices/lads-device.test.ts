import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decimal } from "../../../adapters/devices/lads/decimal.ts";
import { judgeRun } from "../../../adapters/devices/lads/judge-run.ts";
import { LadsDevice } from "../../../adapters/devices/lads/lads-device.ts";
import type {
  LadsLink,
  LadsLook,
  LadsMethod,
  LadsRun,
} from "../../../adapters/devices/lads/lads-link.ts";
import { LadsProcess } from "../../../adapters/devices/lads/lads-process.ts";
import { loadOpcUa } from "../../../adapters/devices/lads/opcua-module.ts";
import { structureOf } from "../../../adapters/devices/lads/structures.ts";
import { LabError } from "../../../src/core/errors.ts";
import { REAL } from "./thermal-bench.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-lads-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const REST: LadsLook = { boot: "2026-11-30T08:00:00Z", serves: true, state: "Stopped" };
const RUNNING: LadsLook = { ...REST, state: "Running", runId: "r1" };
const RUN: LadsRun = { nodeId: "n1", runId: "r1", jobId: "j1", taskId: "1", isOver: false };
const NOBODY = new LabError("TL-3201", "no answer", { retryable: true });

/** A device whose looks and results the test decides, in virtual time. */
function deviceOf(
  changes: Partial<{
    look: LadsLook | undefined;
    runs: LadsRun[];
    start: unknown;
    call: Error;
    methods: LadsMethod[];
    lock: Error | boolean;
  }> = {},
) {
  const world = {
    look: REST as LadsLook | undefined,
    runs: [] as LadsRun[],
    methods: ["Stop", "Abort"] as LadsMethod[],
    lock: undefined as Error | boolean | undefined,
    now_ms: 1e12,
    ...changes,
  };
  const asked: string[] = [];
  const link: LadsLink = {
    open: async () => ({ device: "d", unit: "u", methods: world.methods }),
    look: async () => {
      if (world.look === undefined) throw NOBODY;
      return world.look;
    },
    start: async ({ jobId, taskId }) => {
      asked.push(`start ${jobId} ${taskId}`);
      if (world.start instanceof Error) throw world.start;
      return "r1";
    },
    call: async (method) => {
      asked.push(method);
      if (world.call !== undefined) throw world.call;
    },
    lock: async (jobId) => {
      asked.push(`lock ${jobId}`);
      if (world.lock instanceof Error) throw world.lock;
    },
    unlock: async () => void asked.push("unlock"),
    runs: async () => world.runs,
    contents: async () => ({
      ...{ files: [], missing: [] },
      variables: [{ name: "peak", value: 3, status: "Good" }],
    }),
    close: async () => {},
  };
  const device = new LadsDevice({
    ...{ link, program: "scan", keys: {}, clock: { now_ms: () => world.now_ms } },
    ...{ objectives: [{ name: "peak", unit: "1" }], lock: world.lock !== undefined },
    capability: {
      name: "scan",
      parameters: {},
      results: [],
      repeatable: true,
      expectedDuration_s: 1,
    },
  });
  const job = {
    ...{ jobId: "j1", attempt: 1, capability: "scan", parameters: {}, sampleIds: [] },
    ...{ folder: join(folder, "j1"), held: false },
  };
  return { device, world, asked, job };
}

describe("an outage of ten minutes, in virtual time", () => {
  test.each([
    ["of the line: the result that is there then counts", REST.boot, "done"],
    ["with a restart of the server: the run is unknown", "2026-11-30T09:00:00Z", "unknown"],
  ])("%s", async (_, boot, found) => {
    const { device, world, job } = deviceOf();
    await device.begin(job);
    world.look = RUNNING;
    expect(await device.status()).toMatchObject({ state: "busy", jobId: "j1" });
    world.look = undefined;
    for (let s = 0; s < 600; s += 60) {
      world.now_ms += 60_000;
      await expect(device.status()).rejects.toThrow("no answer");
    }
    world.look = { ...REST, boot };
    world.runs = found === "done" ? [{ ...RUN, isOver: true }] : [];
    expect(await device.recover(job)).toBe(found);
    if (found === "done")
      expect(await device.result(job)).toMatchObject({ observations: [{ value: 3 }] });
    expect((await device.status()).state).toBe("ready");
  });
});

describe("a start", () => {
  test("whose answer is lost is found under the job's name, and is not asked for again", async () => {
    const { device, asked, job } = deviceOf({ start: NOBODY, runs: [RUN] });
    await device.begin(job);
    expect(asked).toEqual(["start j1 1"]);
  });

  test("that nothing shows is late: nobody knows whether it will run", {
    timeout: 20_000,
  }, async () => {
    const { device, job } = deviceOf({ start: NOBODY });
    await expect(device.begin(job)).rejects.toMatchObject({ code: "TL-3201" });
    expect(await device.recover(job)).toBe("unknown");
  });

  test.each([
    ["runs", { state: "Running" as const }, /is Running, and starts only from Stopped/],
    ["is locked", { lockedBy: "eve" }, /locked by eve/],
    ["shows no state", { state: undefined }, /shows no state/],
  ])("of a unit that %s is not asked for", async (_, look, words) => {
    const { device, asked, job } = deviceOf({ look: { ...REST, ...look } });
    await expect(device.begin(job)).rejects.toThrow(words);
    expect(asked).toEqual([]);
    expect(await device.recover(job)).toBe("never-began");
  });

  test("that is refused was never begun", async () => {
    const refusal = new LabError("TL-3203", "the device refused: BadInvalidState");
    const { device, job } = deviceOf({ start: refusal });
    await expect(device.begin(job)).rejects.toThrow("BadInvalidState");
    expect(await device.recover(job)).toBe("never-began");
  });
});

test("a server that does not say since when it runs is not used", async () => {
  const { device } = deviceOf({ look: { ...REST, boot: "" } });
  await expect(device.open()).rejects.toMatchObject({ code: "TL-3202" });
});

test("a run that leaves nothing is waited for, then it is a failure", async () => {
  const { device, world, job } = deviceOf();
  await device.begin(job);
  expect((await device.status()).state).toBe("busy");
  world.now_ms += 11_000;
  expect((await device.status()).state).toBe("done");
  expect(await device.result(job)).toEqual({ failed: "the run ended without a result (Stopped)" });
});

test("a Stop that changes nothing is followed by Abort", async () => {
  const { device, world, asked } = deviceOf({ look: RUNNING });
  await device.open();
  for (let k = 0; k < 4; k++) await device.halt("smoke", undefined);
  expect(asked).toEqual(["Stop", "Stop", "Stop", "Abort"]);
  expect(await device.status()).toMatchObject({ state: "busy", message: "it is being stopped" });
  world.look = { ...REST, state: "Aborted" };
  expect(await device.status()).toMatchObject({ state: "fault", safety: "emergencyStopped" });
});

describe("with its lock", () => {
  test("it is locked before the start, again where a session has lost it, and free when it rests", async () => {
    const { device, world, asked, job } = deviceOf({ lock: true, runs: [RUN] });
    await device.begin(job);
    world.look = RUNNING;
    await device.status();
    world.look = { ...RUNNING, lockedBy: "eve" };
    expect(await device.status()).toMatchObject({ state: "busy", control: "local", jobId: "j1" });
    world.look = REST;
    world.runs = [{ ...RUN, isOver: true }];
    expect((await device.status()).state).toBe("done");
    await device.result(job);
    await device.status();
    expect(asked).toEqual(["lock j1", "start j1 1", "lock j1", "unlock", "unlock"]);
  });

  test("it is not given back before the unit shows the run that was begun", async () => {
    const { device, asked, job } = deviceOf({ lock: true, runs: [RUN] });
    await device.begin(job);
    expect((await device.status()).state).toBe("busy");
    expect(asked).toEqual(["lock j1", "start j1 1", "lock j1"]);
  });

  test("a lock that is refused starts nothing", async () => {
    const lock = new LabError("TL-3203", "the device refused: XRD gives no lock (-1)");
    const { device, asked, job } = deviceOf({ lock });
    await expect(device.begin(job)).rejects.toThrow("gives no lock");
    expect(asked).toEqual(["lock j1"]);
    expect(await device.recover(job)).toBe("never-began");
  });
});

test("a unit that has no Abort is told to Stop again and again", async () => {
  const { device, asked } = deviceOf({ look: RUNNING, methods: ["Stop"] });
  await device.open();
  for (let k = 0; k < 5; k++) await device.halt("smoke", undefined);
  expect(asked).toEqual(["Stop", "Stop", "Stop", "Stop", "Stop"]);
});

test("a stop that is refused is told where the unit runs, and no word where it rests", async () => {
  const call = new LabError("TL-3203", "the device refused: BadInternalError");
  const { device, world } = deviceOf({ look: RUNNING, call });
  await expect(device.halt("smoke", undefined)).rejects.toThrow("BadInternalError");
  world.look = REST;
  await device.halt("smoke", undefined);
});

describe("a result", () => {
  const over = { ...RUN, isOver: true, total_ms: 400, estimated_ms: 1000 };
  const about = { sampleIds: ["s1"] };
  const variable = (value: unknown, status = "Good") => ({ name: "peak", value, status });
  const judged = (value: unknown, status?: string, rules = {}) => {
    const contents = { variables: [variable(value, status)], files: [], missing: [] };
    const objectives = [{ name: "peak", unit: "1", max: 10 }];
    return judgeRun(over, contents, { folder, ...about }, { objectives, ...rules });
  };

  test.each([
    ["uncertain", 3, "Uncertain", {}, "peak is not to be believed: Uncertain"],
    ["no number", Number.NaN, "Good", {}, "peak is no number: NaN"],
    ["beyond its bounds", 11, "Good", {}, "peak = 11 is beyond its scale, -Infinity to 10"],
    [
      "of a run that was cut short",
      3,
      "Good",
      { runtime_min: 0.9 },
      "the run ended after 0.4 s of 1 s",
    ],
  ])("%s is none", (_, value, status, rules, failed) => {
    expect(judged(value, status, rules)).toEqual({ failed });
  });

  test("counts without its scale only where both bounds are asked for", () => {
    const peak = { ...variable(3), range: { low: 0, high: 2, status: "BadNotReadable" } };
    const contents = { variables: [peak], files: [], missing: [] };
    const judgedIn = (bounds: object) => {
      const objectives = [{ name: "peak", unit: "1", ...bounds }];
      return judgeRun(over, contents, { folder, ...about }, { objectives });
    };
    const failed = "the scale of peak (EURange) is not to be believed: BadNotReadable";
    expect([judgedIn({}), judgedIn({ max: 10 })]).toEqual([{ failed }, { failed }]);
    expect(judgedIn({ min: 0, max: 10 })).toMatchObject({ observations: [{ value: 3 }] });
  });

  test("with a pattern of lists that do not fit is none; a file goes with it, under its own name", () => {
    const list = (name: string, value: number[]) => ({ name, value, status: "Good" });
    const files = [{ name: "../../etc/scan.xy", bytes: Buffer.from("20 5\n") }];
    const pattern = { twoTheta_deg: "angle", values: "count", unit: "counts" as const };
    const look = (angles: number[]) =>
      judgeRun(
        over,
        { files, missing: [], variables: [list("angle", angles), list("count", [5, 6])] },
        { folder, sampleIds: [] },
        { objectives: [], pattern },
      );
    expect(look([20])).toEqual({ failed: "angle has 1 values, count 2" });
    expect(look([20, 21])).toMatchObject({
      observations: [{ kind: "pattern", values: [5, 6] }],
      raw: [{ uri: expect.stringMatching(/\/[0-9a-f]{12}-scan\.xy$/), bytes: 5 }],
    });
  });

  test("keeps its files beside those of another run that are called the same, and says what it could not have", () => {
    const contents = (...texts: string[]) => ({
      ...{ variables: [], missing: ["picture (more than 64 MB)"] },
      files: texts.map((text) => ({ name: "scan: 1?.xy", bytes: Buffer.from(text) })),
    });
    const kept = ["first", "second"].flatMap((text) => {
      const rules = { objectives: [] };
      const result = judgeRun(over, contents(text, `${text} too`), { folder, ...about }, rules);
      expect(result).toMatchObject({ remark: "stays at the device: picture (more than 64 MB)" });
      return ("raw" in result ? (result.raw ?? []) : []).map(({ uri }) => new URL(uri));
    });
    expect(kept.map((file) => readFileSync(file, "utf8"))).toEqual([
      ...["first", "first too", "second", "second too"],
    ]);
    expect(kept[0]?.pathname).toMatch(/-scan__1_\.xy$/);
  });
});

test("set points are written without an exponent", () => {
  expect([0.1, 1e-7, 123456789012, -2.5e-8].map(decimal)).toEqual([
    ...["0.1", "0.0000001", "123456789012", "-0.000000025"],
  ]);
  expect(() => decimal(1e300)).toThrow("without an exponent");
});

test("a structure is its strings, each with its length in bytes", () => {
  class OpaqueStructure {
    readonly said: unknown;
    constructor(encoding: unknown, body: Buffer) {
      this.said = [encoding, body.toString("latin1")];
    }
  }
  const module = { OpaqueStructure, coerceNodeId: (text: string) => text as never };
  expect(structureOf(module as never, 6, "KeyValue", ["k", "µ"])).toEqual({
    said: ["ns=6;i=5045", "\u0001\0\0\0k\u0002\0\0\0\u00c2\u00b5"],
  });
});

test("without node-opcua the error says what to install", async () => {
  await expect(loadOpcUa([folder])).rejects.toMatchObject({
    ...{ code: "TL-3202", retryable: false },
    hint: expect.stringContaining("npm install node-opcua@2.186.4"),
  });
});

describe("the process", () => {
  class Child extends EventEmitter {
    readonly sent: { id: number; verb: string }[] = [];
    kill = vi.fn();
    send = (message: { id: number; verb: string }): void => void this.sent.push(message);
  }
  const processOf = (children: Child[], timeout_ms = 50) =>
    new LadsProcess({
      ...{
        address: { at: "opc.tcp://x", program: "p", timeout_ms },
        folders: [],
        certificates: "",
      },
      ...{ clock: REAL, start: () => children.shift() as never },
    });

  test("that hangs is ended, its calls are late, and the next call starts another", async () => {
    const [first, second] = [new Child(), new Child()];
    const link = processOf([first, second]);
    const late = link.look();
    first.emit("message", { id: 0 });
    await expect(late).rejects.toMatchObject({ code: "TL-3201" });
    expect(first.kill).toHaveBeenCalledWith("SIGKILL");
    const look = link.look();
    second.emit("message", { id: 0 });
    await vi.waitFor(() => expect(second.sent).toHaveLength(1), 45_000);
    second.emit("message", { id: second.sent[0]?.id, value: REST });
    expect(await look).toEqual(REST);
  });

  test("that still loads, or does not answer any more, is ended all the same when the gateway ends", async () => {
    const [loading, silent] = [new Child(), new Child()];
    const [first, second] = [processOf([loading]), processOf([silent])];
    const asked = [first.look(), second.look()];
    silent.emit("message", { id: 0 });
    await Promise.all([first.close(), second.close()]);
    for (const call of asked) await expect(call).rejects.toMatchObject({ code: "TL-3201" });
    for (const { kill } of [loading, silent]) expect(kill).toHaveBeenCalledWith("SIGKILL");
    expect(loading.sent).toEqual([]);
  });

  test("tells a problem with its code, and its end", async () => {
    const child = new Child();
    const link = processOf([child], 60_000);
    const refused = link.call("Stop");
    child.emit("message", { id: 0 });
    await vi.waitFor(() => expect(child.sent).toHaveLength(1), 45_000);
    const problem = { code: "TL-3203", message: "the device refused: BadInvalidState", hint: "h" };
    child.emit("message", { id: child.sent[0]?.id, problem });
    await expect(refused).rejects.toMatchObject({ code: "TL-3203", hint: "h" });
    const cut = link.look();
    await vi.waitFor(() => expect(child.sent).toHaveLength(2), 45_000);
    child.emit("exit", 1);
    await expect(cut).rejects.toMatchObject({ code: "TL-3201" });
  });
});
