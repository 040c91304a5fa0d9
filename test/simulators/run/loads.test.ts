import { describe, expect, test } from "vitest";
import { checkLedger } from "../../../simulators/checkers/check-ledger.ts";
import type { InstrumentFaults } from "../../../simulators/faults/fault-plan.ts";
import { runSimulation, runSwarm } from "../../../simulators/index.ts";
import { createDrawingPlanner } from "../../../simulators/run/drawing-planner.ts";
import type { SimulationOptions } from "../../../simulators/run/run-simulation.ts";
import type { LedgerEntry } from "../../../simulators/world/physical-ledger.ts";
import { jobName } from "../../../src/domain/job.ts";
import type { LoadRule } from "../../../src/domain/recipe.ts";
import type { LabEvent } from "../../../src/index.ts";
import { summariseCampaign } from "../../../src/runtime/lab-status.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

const LOAD = /\.load\d+$/;
const MINUTE_ms = 60_000;
const HOUR_ms = 60 * MINUTE_ms;

interface Wanted extends Partial<SimulationOptions> {
  readonly load?: LoadRule;
  readonly budget?: number;
  readonly inFlight?: number;
  readonly capacity?: number;
  /** Places of the diffractometer's changer. */
  readonly changer?: number;
  readonly furnace?: InstrumentFaults;
}

/** A robot, a furnace of four crucibles and a diffractometer, in virtual time. */
async function runWithLoads(wanted: Wanted) {
  const { load, budget = 8, inFlight = 8, capacity = 4, changer, furnace, ...rest } = wanted;
  const { spec } = smallCampaign({ budget, inFlight });
  const steps = spec.recipe.steps.map((step) =>
    step.capability === "anneal" && load !== undefined ? { ...step, load } : step,
  );
  const done = await runSimulation({
    seed: "1",
    campaigns: [{ spec: { ...spec, recipe: { steps } }, autoStart: true }],
    planner: createDrawingPlanner,
    instruments: [
      { instrumentId: "robot-1", kind: "synthesis-robot" },
      { instrumentId: "furnace-1", kind: "furnace", capacity },
      {
        instrumentId: "diffractometer-1",
        kind: "diffractometer",
        ...(changer && { capacity: changer }),
      },
    ],
    faults: { instruments: { "furnace-1": furnace ?? {} }, network: {} },
    telemetryEvery_s: 3600,
    dashboardEvery_s: 3600,
    ...rest,
  });
  return { ...done, loads: startsIn(done.ledger), facts: done.events.map(({ fact }) => fact) };
}

/** Nothing goes wrong in it: two loads of four. */
let quiet: ReturnType<typeof runWithLoads> | undefined;
function runQuietly(): ReturnType<typeof runWithLoads> {
  quiet ??= runWithLoads({ load: { wait_s: 7200 } });
  return quiet;
}

type Started = Extract<LedgerEntry, { event: "started" }>;

function startsIn(ledger: readonly LedgerEntry[], instrumentId = "furnace-1"): Started[] {
  return ledger.filter(
    (entry): entry is Started => entry.event === "started" && entry.instrumentId === instrumentId,
  );
}

const sizes = (starts: readonly Started[]): number[] => starts.map((one) => one.sampleIds.length);
const ofLoad = (events: readonly LabEvent[], type: string) =>
  events.filter(
    ({ fact }) => fact.type === type && "jobId" in fact && LOAD.test(String(fact.jobId)),
  );

describe("a furnace that takes four crucibles", () => {
  test("is filled: two loads of four for eight samples, each sample's result under its own name, then the load's", async () => {
    const { loads, events, violations, finished } = await runQuietly();
    expect(sizes(loads)).toEqual([4, 4]);
    expect([violations, finished]).toEqual([[], true]);
    const first = events.findIndex(({ fact }) => "load" in fact && fact.load === "map.load1");
    const told = events.slice(first, first + 5).map(({ fact }) => fact);
    expect(told).toMatchObject([
      ...loads[0]!.sampleIds.map((id) => ({
        ...{ type: "job.result", jobId: jobName(id, 1), load: "map.load1", observations: [] },
        actual: { duration_h: 0.1 },
      })),
      { type: "job.result", jobId: "map.load1", observations: [] },
    ]);
  });

  test("does not wait where no further sample can come", async () => {
    const { loads, elapsed_s } = await runWithLoads({ budget: 3, load: { wait_s: 86_400 } });
    expect(sizes(loads)).toEqual([3]);
    expect(elapsed_s).toBeLessThan(3600);
  });

  test("begins with fill_min samples, and with fewer after wait_s", async () => {
    const two = await runWithLoads({ budget: 4, load: { fill_min: 2, wait_s: 86_400 } });
    expect(sizes(two.loads)).toEqual([2, 2]);
    // The robot makes a sample in four minutes.
    const soon = await runWithLoads({ budget: 4, load: { wait_s: 60 } });
    expect(sizes(soon.loads)[0]).toBe(1);
    expect(LOAD.test(soon.loads[0]!.jobId)).toBe(false);
  });

  test("without a rule waits as long as its empty places would waste", async () => {
    const { loads, events } = await runWithLoads({ budget: 12, inFlight: 12 });
    const at = (fact: string, jobId: string) =>
      events.find((e) => e.fact.type === fact && "jobId" in e.fact && e.fact.jobId === jobId)!
        .time_ms;
    const [first] = loads;
    const oldest = at("job.result", jobName(first!.sampleIds[0] ?? "", 0));
    const waited_s = (first!.time_ms - oldest) / 1000;
    // 900 s is what its birth says that an anneal takes.
    expect(waited_s).toBeGreaterThanOrEqual((900 * (4 - first!.sampleIds.length)) / 4 - 1);
    expect(waited_s).toBeLessThan((900 * (5 - first!.sampleIds.length)) / 4 + 30);
    expect(Math.max(...sizes(loads))).toBeGreaterThan(2);
  });

  test("that fails fails its samples, each in the log, and they count as failures of their points", async () => {
    const { facts, loop, violations } = await runWithLoads({
      ...{ budget: 4, inFlight: 4, load: { wait_s: 7200 }, furnace: { sampleFails: 1 } },
      duration_s_max: 3600,
    });
    const failed = facts.filter((fact) => fact.type === "job.failed" && fact.load === "map.load1");
    expect(failed).toHaveLength(4);
    expect(facts).toContainEqual(
      expect.objectContaining({ type: "job.failed", jobId: "map.load1" }),
    );
    const excluded = loop.lab.machines.campaign.get("map")?.context.excluded;
    expect(excluded?.length).toBeGreaterThanOrEqual(4);
    expect(violations).toEqual([]);
  });

  test("that forgets its load in the middle leaves each sample for a person to look at", async () => {
    const { loop, violations } = await runWithLoads({
      ...{ budget: 4, inFlight: 4, load: { wait_s: 7200 } },
      furnace: { forgets: true, disappears: 1, disappearsFor_s: 60 },
      duration_s_max: 2 * 3600,
    });
    const given = [...loop.lab.alarms.values()].flatMap(({ id, text }) =>
      text.includes("given up") ? [id] : [],
    );
    expect(given).toEqual(expect.arrayContaining([1, 2, 3, 4].map((n) => `job/map.${n}.s2`)));
    expect(given.filter((id) => LOAD.test(id))).toEqual([]);
    expect(violations).toEqual([]);
  });

  test("that does not answer is told of, for all samples that wait for it", async () => {
    const begun_ms = (await runQuietly()).loads[0]?.time_ms ?? 0;
    const { loop } = await runWithLoads({
      ...{ load: { wait_s: 7200 }, furnace: { silent: 1 } },
      // Twice sent and not answered: the run settles for two minutes more.
      duration_s_max: (begun_ms - Date.UTC(2026, 0, 1)) / 1000 - 95,
    });
    const { reasons = [], jobs = [] } = summariseCampaign(loop.lab, "map") ?? {};
    expect(reasons.map(({ cause, text }) => [cause, text])).toEqual([
      [
        "answer",
        expect.stringMatching(/the start of map\.load1: sent .*, no answer from furnace-1/),
      ],
    ]);
    expect(reasons[0]?.jobIds).toEqual([1, 2, 3, 4].map((n) => `map.${n}.s2`));
    const inLoad = jobs.filter(({ load }) => load === "map.load1");
    expect(inLoad.map(({ state }) => state)).toEqual(["loaded", "loaded", "loaded", "loaded"]);
  });

  test("is opened when nobody wants any of its samples: an abort cancels the load, and no sample is lost", async () => {
    const { facts, loop, ledger } = await runWithLoads({
      ...{ budget: 4, inFlight: 4, load: { wait_s: 7200 } },
      people: ({ clock, operate }) => {
        clock.schedule(clock.now_ms() + 20 * MINUTE_ms, () =>
          operate("map", "abort", { by: "ada", reason: "wrong powder" }),
        );
      },
    });
    expect(sizes(startsIn(ledger))).toEqual([4]);
    expect(
      facts.filter((fact) => fact.type === "job.failed" && fact.load !== undefined),
    ).toHaveLength(4);
    const states = [1, 2, 3, 4].map((n) => loop.lab.machines.experiment.get(`map.${n}`)?.states[0]);
    expect(states).toEqual(["abandoned", "abandoned", "abandoned", "abandoned"]);
    expect(loop.lab.machines.campaign.get("map")?.states).toEqual(["aborted"]);
  });

  test("is never loaded twice with a sample, whenever the daemon is killed around a load's report", async () => {
    const [ended] = ofLoad((await runQuietly()).events, "job.result");
    // Appends, from the first report of a sample to behind the load's own.
    for (const n of [-4, -1, 0]) {
      const kills = [{ point: "after-append" as const, n: ended!.position + n }];
      const { violations, finished, loads, restarts } = await runWithLoads({
        ...{ load: { wait_s: 7200 }, kills, snapshotEvery: n % 2 === 0 ? 20 : undefined },
      });
      expect({ n, violations, finished }).toEqual({ n, violations: [], finished: true });
      expect(restarts).toBeLessThanOrEqual(1);
      expect(sizes(loads).reduce((sum, one) => sum + one, 0)).toBe(8);
    }
  });

  test("keeps every promise in the swarm, with changers of samples too", async () => {
    const { violations, finished, ledger } = await runSwarm({
      seed: "L3",
      loads: true,
      budget: 12,
    });
    expect([violations, finished]).toEqual([[], true]);
    expect(ledger.some((entry) => entry.event === "started" && LOAD.test(entry.jobId))).toBe(true);
  });
});

describe("a diffractometer with a changer", () => {
  test("brings each sample's observation by name, and the model learns each once", async () => {
    const { loop, ledger, violations } = await runWithLoads({ changer: 4, load: { wait_s: 7200 } });
    expect(sizes(startsIn(ledger, "diffractometer-1")).some((n) => n > 1)).toBe(true);
    const results = loop.lab.results.get("map") ?? [];
    expect(results).toHaveLength(8);
    expect(new Set(results.map(({ candidateId }) => candidateId)).size).toBe(8);
    for (const { observations, candidateId } of results) {
      expect(observations).toHaveLength(1);
      const asked = [...loop.lab.machines.experiment.values()].find(
        ({ context }) => context.candidateId === candidateId,
      );
      expect(observations[0]?.sampleId).toBe(asked?.context.experimentId);
    }
    expect(violations).toEqual([]);
  });
});

describe("a campaign whose loads share an axis", () => {
  test("asks for whole loads, one temperature each", async () => {
    const { spec } = smallCampaign({ budget: 12, inFlight: 8 });
    const steps = spec.recipe.steps.map((step) =>
      step.capability === "anneal"
        ? {
            ...step,
            parameters: { temperature_K: { axis: "temperature_K" }, duration_h: 0.1 },
            load: { fill_min: 4, wait_s: 86_400 },
          }
        : step,
    );
    const space = {
      ...{ kind: "simplex-grid" as const, components: ["Al", "Mg", "Zn"], step: 0.1 },
      further: [{ name: "temperature_K", values: [600, 608, 616] }],
    };
    const { loads, facts } = await runWithLoads({
      campaigns: [
        {
          spec: { ...spec, space, recipe: { steps }, model: { shared: "temperature_K" } } as never,
          autoStart: true,
        },
      ],
      planner: undefined,
    });
    expect(sizes(loads)).toEqual([4, 4, 4]);
    const proposed = facts.flatMap((fact) =>
      fact.type === "planner.proposed" && fact.proposal.points.length > 0
        ? [fact.proposal.points]
        : [],
    );
    expect(proposed.map((points) => points.length)).toEqual([4, 4, 4]);
    for (const points of proposed)
      expect(new Set(points.map(({ parameters }) => parameters["temperature_K"])).size).toBe(1);
  });
});

test("the checkers object to a sample that is in two loads, or in a load after its result", () => {
  const start = (jobId: string, time_ms: number, sampleIds: string[]) => ({
    ...{ event: "started" as const, time_ms, instrumentId: "furnace-1", campaignId: "map" },
    ...{ jobId, attempt: 1, capability: "anneal", parameters: {}, sampleIds, repeatable: false },
  });
  const end = (jobId: string, outcome: "result" | "failed") => ({
    ...{ event: "ended" as const, time_ms: HOUR_ms, instrumentId: "furnace-1", jobId, attempt: 1 },
    outcome,
  });
  const found = (ledger: readonly unknown[]) =>
    checkLedger(ledger as LedgerEntry[], { finished: false }).map(({ checker }) => checker);
  const first = start("map.load1", 0, ["map.1", "map.2"]);
  const again = start("map.load2", 2 * HOUR_ms, ["map.2", "map.3"]);
  expect(found([first, end("map.load1", "failed"), again])).toEqual([]);
  expect(found([first, end("map.load1", "result"), again])).toEqual(["no sample is done twice"]);
  expect(found([first, again])).toContain("no sample is done twice");
});
