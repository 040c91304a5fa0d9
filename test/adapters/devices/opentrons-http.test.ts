import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOpentronsTask } from "../../../adapters/devices/opentrons/opentrons-task.ts";
import type { DeviceResult } from "../../../adapters/gateway/index.ts";
import { answerHttpByNock } from "../../support/answered-http.ts";

const ROBOT = "http://robot.test:31950";
const EXCHANGE = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/opentrons-exchange.json"), "utf8"),
) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const { protocol, run: idle, pending, sound, unsound } = EXCHANGE;
const [PROTOCOL, RUN] = [String(protocol?.["id"]), String(idle?.["id"])];
const ANALYSIS = `/protocols/${PROTOCOL}/analyses/${sound?.["id"]}`;
const VALUES = { volume: 12.5 };

let folder: string;
let robot: nock.Scope;
let progress: string[];
let abort: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-opentrons-http-"));
  writeFileSync(join(folder, "mix.py"), "metadata = {'apiLevel': '2.18'}\n");
  nock.disableNetConnect();
  // Each request asks for the newest answers that the robot knows.
  robot = nock(ROBOT, { reqheaders: { "opentrons-version": "*" } });
  progress = [];
  abort = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
answerHttpByNock();

/** One job, from its upload to its end; every exchange that the test wrote must have taken place, and no other. */
async function carriedOut(): Promise<DeviceResult> {
  const task = createOpentronsTask({
    ...{ at: ROBOT, protocol: join(folder, "mix.py"), capability: "mix", look_ms: 0 },
    ...{ expectedDuration_s: 60, parameters: [{ name: "volume_uL", unit: "uL", as: "volume" }] },
    clock: {
      now_ms: () => 0,
      schedule: (_, then) => {
        const timer = setTimeout(then, 1);
        return () => clearTimeout(timer);
      },
    },
  });
  const result = await task.run({
    ...{ jobId: "map.1.s1", attempt: 1, capability: "mix", parameters: { volume_uL: 12.5 } },
    ...{ sampleIds: [], folder, held: false, signal: abort.signal },
    onProgress: (_, message) => void progress.push(message ?? ""),
  });
  expect(nock.pendingMocks()).toEqual([]);
  return result;
}

const uploaded = (status = 201): void => {
  robot.post("/protocols", isWholeUpload).reply(status, { data: protocol });
};
const analysed = (analysis: unknown): void => {
  robot.get(ANALYSIS).reply(200, { data: analysis });
};
const found = (runs: readonly unknown[]): void => {
  robot.get("/runs").reply(200, { data: runs });
};
const made = (): void => {
  const order = { data: { protocolId: PROTOCOL, runTimeParameterValues: VALUES } };
  robot.post("/runs", order).reply(201, { data: idle });
};
const shows = (changes: object): void => {
  robot.get(`/runs/${RUN}`).reply(200, { data: { ...idle, ...changes } });
};
const told = (actionType: string, status = 201): void => {
  const answer = status === 201 ? { data: { id: "a1", actionType } } : EXCHANGE["refused"];
  robot.post(`/runs/${RUN}/actions`, { data: { actionType } }).reply(status, answer);
};
const released = (): void => {
  robot.patch(`/runs/${RUN}`, { data: { current: false } }).reply(200, { data: idle });
};
/** A robot without runs makes one and plays it. */
const begun = (): void => {
  found([]);
  made();
  shows({});
  told("play");
};

/** File, key and values, in one form. */
function isWholeUpload(body: string): boolean {
  return ["mix.py", "# tieline map.1.s1#1", 'name="key"', JSON.stringify(VALUES)].every((part) =>
    body.includes(part),
  );
}

describe("what is said to a robot of Opentrons, exchange by exchange:", () => {
  test("upload, dry run, run, play, its end", async () => {
    uploaded();
    analysed(pending);
    analysed(sound);
    begun();
    shows({ status: "running" });
    shows({ status: "finishing" });
    shows({ status: "succeeded" });
    released();
    expect(await carriedOut()).toEqual({ observations: [], actual: { volume_uL: 12.5 } });
  });

  test("a dry run that finds fault makes no run", async () => {
    uploaded();
    analysed(unsound);
    expect(await carriedOut()).toEqual({
      failed:
        "the dry run does not pass (not-ok): LabwareNotFound [line 12]: no tip rack in slot 3",
    });
  });

  test("an earlier analysis is waited for, and the upload comes again", async () => {
    robot.post("/protocols").reply(503, EXCHANGE["busy"]);
    uploaded();
    analysed(unsound);
    expect(await carriedOut()).toMatchObject({ failed: expect.stringContaining("dry run") });
  });

  test("recovery: an error that waits for a person is told, and ends nothing", async () => {
    uploaded();
    analysed(sound);
    begun();
    const recovery = { hasEverEnteredErrorRecovery: true };
    shows({ status: "awaiting-recovery", ...recovery });
    shows({ status: "awaiting-recovery-blocked-by-open-door", ...recovery });
    shows({ status: "running", ...recovery });
    shows({ status: "succeeded", ...recovery });
    released();
    expect(await carriedOut()).toMatchObject({ observations: [] });
    expect(progress).toEqual([
      "an error waits for a person at the robot",
      "an error waits for a person; its door is open",
      "running",
    ]);
  });

  test("stop: told again after a 409, and over only when the run is seen stopped", async () => {
    uploaded();
    analysed(sound);
    begun();
    robot.get(`/runs/${RUN}`).reply(200, () => {
      abort.abort("smoke");
      return { data: { ...idle, status: "running" } };
    });
    told("stop", 409);
    shows({ status: "stop-requested" });
    told("stop");
    shows({ status: "stopped" });
    released();
    expect(await carriedOut()).toEqual({ failed: "smoke" });
  });

  test("lost answers: the same upload is the same protocol, the run is found and not made twice, play is told once", async () => {
    robot.post("/protocols").replyWithError("socket hang up");
    uploaded(200);
    robot.get(ANALYSIS).replyWithError("socket hang up");
    analysed(sound);
    found([]);
    robot.post("/runs").replyWithError("socket hang up");
    found([{ ...idle, id: "of-eve", protocolId: "other" }, idle ?? {}]);
    shows({});
    robot.post(`/runs/${RUN}/actions`).replyWithError("socket hang up");
    shows({ status: "running" });
    robot.get(`/runs/${RUN}`).replyWithError("socket hang up");
    shows({ status: "succeeded" });
    robot.patch(`/runs/${RUN}`).replyWithError("socket hang up");
    expect(await carriedOut()).toMatchObject({ observations: [] });
    expect(progress.filter((words) => words.includes("does not answer"))).toHaveLength(5);
  });

  test("another run is on the robot: nothing is touched, and it may be tried again", async () => {
    uploaded();
    analysed(sound);
    found([]);
    robot.post("/runs").reply(409, EXCHANGE["active"]);
    expect(await carriedOut()).toMatchObject({
      retryable: true,
      failed: expect.stringMatching(/another run is on the robot: Run Already Active: There is/),
    });
  });

  test.each([
    ["a run that is no longer the current one", { status: "running", current: false }, /restarted/],
    ["a run that failed", { status: "failed", errors: [{ detail: "no tip" }] }, /failed: no tip/],
    [
      "a run with another value than was asked for",
      { status: "succeeded", runTimeParameters: [{ variableName: "volume", value: 10 }] },
      /ran with volume = 10 instead of 12\.5/,
    ],
  ])("%s is not done", async (_, changes, failed) => {
    uploaded();
    analysed(sound);
    found([idle ?? {}]);
    shows(changes);
    if (!("current" in changes)) released();
    expect(await carriedOut()).toEqual({ failed: expect.stringMatching(failed) });
  });

  test("a run that the robot has lost is told, for somebody to look at the deck", async () => {
    uploaded();
    analysed(sound);
    found([idle ?? {}]);
    const lost = { errors: [{ id: "RunNotFound", title: "Run Not Found", detail: RUN }] };
    robot.get(`/runs/${RUN}`).reply(404, lost);
    expect(await carriedOut()).toEqual({ failed: expect.stringContaining("has lost its run") });
  });
});
