import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BadLine, LadsBench, patiently, TIMEOUT_ms } from "./lads-bench.ts";
import { ASYNCUA, LadsServer, OPCUA } from "./lads-server.ts";

const SLOW = { timeout: 600_000 };
const PEERS = [
  ["node-opcua", OPCUA !== undefined],
  ["asyncua", ASYNCUA !== undefined],
] as const;
/** As the servers of both peers begin. */
const WELL = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../support/lads-world.json"), "utf8"),
) as object;
/** A run that a busy computer does not miss; one that ends only when somebody ends it. */
const [LONG, ENDLESS] = [{ run_ms: 5000 }, { run_ms: 600_000 }];

describe.each(PEERS.filter(([, isThere]) => isThere))("a diffractometer on %s", (peer) => {
  let server: LadsServer;
  let bench: LadsBench;
  let jobs = 0;
  let jobId: string;

  beforeAll(async () => {
    server = await LadsServer.start(peer);
    bench = await LadsBench.open();
    await bench.start(server.address);
  }, SLOW.timeout);

  afterAll(async () => {
    await bench.stop();
    await server.kill();
  }, SLOW.timeout);

  beforeEach(async () => {
    jobId = `map.${++jobs}.s1`;
    await server.tell({ ...WELL, run_ms: 400 });
    await bench.atRest();
  }, SLOW.timeout);

  afterEach(() => server.thaw());

  const starts = (): number => server.started.filter((one) => one.jobId === jobId).length;
  const isRunning = async (): Promise<void> => {
    await patiently(() => expect(starts()).toBe(1));
    await bench.said("state", { operation: "busy", jobId });
  };

  test(
    "runs a program under the job's own name, and its variables are the result",
    SLOW,
    async () => {
      await bench.order(jobId);
      await bench.said("result", { jobId });
      expect(bench.agent.last("result")?.["observations"]).toEqual([
        { kind: "objective", name: "peak", value: 7, unit: "1", sampleId: "s1" },
        expect.objectContaining({ kind: "pattern", values: [5, 7, 4], unit: "counts" }),
      ]);
      expect(server.started.at(-1)).toMatchObject({ jobId, taskId: "1" });
      const { asked } = await server.tell({});
      expect(JSON.stringify(asked.at(-1))).toMatch(/TwoThetaMax.*80\.5.*s1/);
    },
  );

  test(
    "an answer that is late: the run is found by the job's name, and not started again",
    SLOW,
    async () => {
      await server.tell({ late: TIMEOUT_ms + 1000 });
      await bench.order(jobId);
      await bench.said("result", { jobId });
      expect(starts()).toBe(1);
    },
  );

  test(
    "a file of the result comes whole, in whatever pieces the device gives it, and beside one of an earlier run",
    SLOW,
    async () => {
      const contents: string[] = [];
      for (const file of ["20 5\n30 7\n", "20 6\n30 8\n"]) {
        await server.tell({ file });
        jobId = `map.${++jobs}.s1`;
        await bench.order(jobId);
        await bench.said("result", { jobId });
        const result = bench.agent.last("result") as { raw: { uri: string }[] } | undefined;
        const [reference, ...more] = result?.raw ?? [];
        expect([more, reference?.uri]).toEqual([[], expect.stringMatching(/-scan\.xy$/)]);
        contents.push(readFileSync(new URL(String(reference?.uri)), "utf8"));
      }
      expect(contents).toEqual(["20 5\n30 7\n", "20 6\n30 8\n"]);
      expect(bench.remarks.join()).toContain("stays at the device: picture (");
    },
  );

  test(
    "its sensors are shown live, with the channels of its birth; a broken one shows nothing",
    SLOW,
    async () => {
      expect(bench.agent.last("birth")).toMatchObject({ channels: { chamber: { unit: "K" } } });
      await server.tell({ chamber: 301.5 });
      await bench.said("chamber", { value: 301.5, unit: "K" });
      await server.tell({ chamber: null });
      await bench.atRest();
      const before = bench.agent.count("state");
      await server.tell({ lock: "eve" });
      await patiently(() => expect(bench.agent.count("state")).toBeGreaterThan(before));
      const shown = bench.agent.heard.filter(({ word }) => word === "chamber");
      expect(new Set(shown.map(({ data }) => data["value"]))).toEqual(new Set([293.5, 301.5]));
      await server.tell({ lock: "" });
    },
  );

  test("a refusal is told in the device's word, and nothing runs", SLOW, async () => {
    await server.tell({ refuse: "BadUserAccessDenied" });
    await bench.order(jobId);
    await bench.said("failed", { jobId });
    expect(bench.endings(jobId)).toEqual([expect.stringContaining("BadUserAccessDenied")]);
    expect(starts()).toBe(0);
  });

  test(
    "frozen for several polls: a fault, no second start, and the result when it is back",
    SLOW,
    async () => {
      await server.tell(LONG);
      await bench.order(jobId);
      await isRunning();
      server.freeze();
      await bench.said("state", { operation: "fault", jobId });
      server.thaw();
      await bench.said("result", { jobId });
      expect(starts()).toBe(1);
    },
  );

  test.each([
    ["a broken sensor", { status: "BadSensorFailure" }, /BadSensorFailure/],
    ["a value beyond its scale", { value: 70_000 }, /70000 is beyond its scale, 0 to 65535/],
    [
      "a value whose scale the device does not stand by",
      { scale: "BadOutOfService" },
      /the scale of PeakCounts \(EURange\) is not to be believed: BadOutOfService/,
    ],
    ["a run that leaves no result", { without: true }, /ended without a result/],
  ])("%s is no result", SLOW, async (_, world, words) => {
    await server.tell(world);
    await bench.order(jobId);
    await bench.said("failed", { jobId });
    expect(bench.endings(jobId)).toEqual([expect.stringMatching(words)]);
  });

  test(
    "stopped at its panel it is not done; aborted there it waits for a person",
    SLOW,
    async () => {
      await server.tell(ENDLESS);
      await bench.order(jobId);
      await isRunning();
      await server.tell({ panel: "stop" });
      await bench.said("failed", { jobId });
      expect(bench.endings(jobId)).toEqual(["the run ended without PeakCounts"]);
      await bench.atRest();
      jobId = `map.${++jobs}.s1`;
      await bench.order(jobId);
      await isRunning();
      await server.tell({ panel: "abort" });
      await bench.said("failed", { jobId, reason: "the run was aborted; clear the device" });
      await bench.said("state", { safety: "emergencyStopped" });
      await server.tell({ panel: "clear" });
      await bench.atRest();
    },
  );

  test("what somebody else runs or has locked keeps jobs away", SLOW, async () => {
    await server.tell({ ...ENDLESS, foreign: true });
    await bench.said("state", { control: "local" });
    await bench.order(jobId);
    await bench.said("rejected", { jobId, retryable: true });
    await server.tell({ panel: "stop", lock: "eve" });
    const locked = `map.${++jobs}.s1`;
    await bench.order(locked);
    await bench.said("rejected", { jobId: locked, retryable: true });
    await server.tell({ lock: "" });
  });

  test("a second master's run instead of ours: ours is unknown, never done", SLOW, async () => {
    await server.tell(ENDLESS);
    await bench.order(jobId);
    await isRunning();
    await patiently(() => expect(bench.agent.last("state")).toMatchObject({ operation: "busy" }));
    const { bootId } = bench.gateway ?? {};
    const before = bench.agent.count("birth");
    await server.tell({ foreign: true });
    // Its birth is what an agent hears: before that its ears may not be open yet.
    await patiently(() => expect(bench.agent.count("birth")).toBeGreaterThan(before));
    expect(bench.gateway?.bootId).not.toBe(bootId);
    await server.tell({ panel: "stop" });
    await bench.agent.reconcile([jobId]);
    await bench.said("unknown", { jobId });
    expect(bench.endings(jobId)).toEqual([]);
  });

  test(
    "an emergency stop is seen at the device before it counts; a deaf one is aborted",
    SLOW,
    async () => {
      await server.tell({ ...ENDLESS, deaf: true });
      await bench.order(jobId);
      await isRunning();
      await bench.agent.emergencyStop(true, false);
      await bench.said("failed", { jobId });
      expect((await server.tell({})).state).not.toBe("Running");
      await bench.said("state", { safety: "emergencyStopped" });
      await server.tell({ panel: "clear" });
      await bench.agent.emergencyStop(false, false);
      await bench.atRest();
    },
  );

  test("the gateway ended in mid-run takes the run up: done once, started once", SLOW, async () => {
    await server.tell(LONG);
    await bench.order(jobId);
    await isRunning();
    await bench.gateway?.stop();
    await bench.start(server.address);
    await bench.said("result", { jobId });
    expect(starts()).toBe(1);
  });

  test("killed in mid-run and switched on again: unknown, not done", SLOW, async () => {
    await server.tell(ENDLESS);
    await bench.order(jobId);
    await isRunning();
    const { bootId } = bench.gateway ?? {};
    const before = bench.agent.count("birth");
    await server.kill();
    await bench.said("state", { operation: "fault", jobId });
    await server.switchOn();
    // Its birth is what an agent hears: before that its ears may not be open yet.
    await patiently(() => expect(bench.agent.count("birth")).toBeGreaterThan(before));
    expect(bench.gateway?.bootId).not.toBe(bootId);
    await bench.agent.reconcile([jobId]);
    await bench.said("unknown", { jobId });
    expect(bench.endings(jobId)).toEqual([]);
    await bench.atRest();
  });

  test("over a line that splits, joins and cuts its answers, all the same", SLOW, async () => {
    const line = new BadLine(server.port);
    try {
      await bench.gateway?.stop();
      await bench.start(await line.listen());
      line.piece = 50;
      await server.tell(LONG);
      await bench.order(jobId);
      await isRunning();
      line.piece = 0;
      line.cuts = 2;
      await bench.said("result", { jobId });
      await patiently(() => expect(line.cuts).toBe(0));
      expect(line.connections).toBeGreaterThan(1);
      expect(starts()).toBe(1);
    } finally {
      await bench.gateway?.stop();
      line.close();
      await bench.start(server.address);
    }
  });

  test("is locked under the job's name while the job runs, and free afterwards", SLOW, async () => {
    await bench.gateway?.stop();
    await bench.start(server.address, { lock: true });
    try {
      await server.tell(LONG);
      await bench.order(jobId);
      await isRunning();
      expect(await server.tell({})).toMatchObject({ lock: jobId, state: "Running" });
      expect(bench.agent.last("state")).toMatchObject({ control: "automatic" });
      await bench.said("result", { jobId });
      await patiently(async () => expect((await server.tell({})).lock).toBe(""));
    } finally {
      await bench.gateway?.stop();
      await bench.start(server.address);
    }
  });

  test("keeps the wire contract", SLOW, async () => {
    expect(await bench.examine()).toEqual([]);
  });
});
