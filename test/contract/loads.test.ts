import { describe, expect, test } from "vitest";
import { describeStatus } from "../../src/cli/operate/status-text.ts";
import { campaignStatePayload } from "../../src/views/wire-payloads.ts";
import { newLab, places } from "../support/limited-daemon.ts";
import type { Script, StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const CAMPAIGN = `campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 3
    inFlight: 3
    failuresInARow_max: 9
    space: { kind: grid, axes: [{ name: dose_g, min: 1, max: 9, step: 1 }] }
    recipe:
      - { capability: bake, parameters: { temperature_K: 700, dose_g: { axis: dose_g } }, load: { wait_s: 3600 } }
      - { capability: pull, repeatable: true, retries: 0 }
    limits: { dose_g: { max: 9 } }
    model: { objectives: [{ name: strength, direction: max, unit: MPa }] }
`;

/** Four crucibles, one temperature, a dose of its own in each. */
const FURNACE: Script = {
  id: "furnace-1",
  capabilities: [
    {
      name: "bake",
      parameters: {
        temperature_K: { unit: "K", min: 300, max: 1300 },
        dose_g: { unit: "g", min: 0, max: 10 },
      },
      ...{ results: [], repeatable: false, expectedDuration_s: 60 },
      ...{ capacity: 3, shares: ["temperature_K"] },
    },
  ],
};

const strength = (sampleId: string | undefined, value: number) => ({
  ...{ kind: "objective", name: "strength", value, unit: "MPa" },
  ...(sampleId === undefined ? {} : { sampleId }),
});

/** Pulls three at once. */
const TESTER: Script = {
  id: "tester-1",
  capabilities: [
    {
      ...{ name: "pull", parameters: {}, results: ["objective"], repeatable: true },
      ...{ expectedDuration_s: 1, capacity: 3 },
    },
  ],
};

type Start = StartCommand & { readonly parametersBySample?: Record<string, object> };

test("a load takes no more samples than its stock is enough for", async () => {
  const lab = newLab();
  await lab.start(places()[0]!, CAMPAIGN);
  const consumes = [{ stock: "crucibles", amount: 1 }];
  const furnace = await lab.add({
    ...FURNACE,
    capabilities: FURNACE.capabilities.map((one) => ({ ...one, consumes })),
    stock: { crucibles: { amount: 2, unit: "1" } },
  });
  await lab.add(TESTER);
  await until(() => furnace.started.length === 1, "a start");
  expect((furnace.started[0] as Start).sampleIds).toHaveLength(2);
  await until(() => lab.daemon.lab.stocks.get("furnace-1")?.left["crucibles"] === 0, "the count");
});

describe.each(places())("a load on $name", (place) => {
  test("is one job with several samples; results come by sample, and it is acknowledged when all are on disk", async () => {
    const lab = newLab();
    await lab.start(place, CAMPAIGN);
    const furnace = await lab.add(FURNACE);
    const tester = await lab.add(TESTER);
    await until(() => furnace.started.length === 1, "the load's start");
    const load = furnace.started[0] as Start;
    expect(load).toMatchObject({
      jobId: "c1.load1",
      attempt: 1,
      parameters: { temperature_K: 700 },
    });
    expect(load.sampleIds).toEqual(["c1.1", "c1.2", "c1.3"]);
    const doses = Object.fromEntries(
      [...lab.daemon.lab.machines.experiment.values()].map(({ context }) => [
        context.experimentId,
        { dose_g: context.parameters["dose_g"] },
      ]),
    );
    expect(load.parametersBySample).toEqual(doses);
    const brief = lab.daemon.view.brief("c1");
    if (brief === undefined) throw new Error("There is no view of c1");
    const text = describeStatus("c1", { state: campaignStatePayload(brief) as never });
    expect(text).toContain("c1.load1 on furnace-1: c1.1, c1.2, c1.3");
    expect(brief.jobs[0]?.way).toEqual([
      { capability: "bake", instrumentId: "furnace-1", load: "c1.load1", samples: 3 },
    ]);

    const about = { jobId: "c1.load1", attempt: 1, observations: [], simulated: true };
    const actual = { temperature_K: 701 };
    const actualBySample = { "c1.2": { temperature_K: 695 } };
    const result = { ...about, actual, actualBySample };
    // Told again, as after a lost acknowledgement.
    for (const n of [1, 2]) {
      furnace.say("job/c1.load1/result", "job.result", result, "r1");
      await until(() => furnace.acknowledged.length === n, `acknowledgement ${n}`);
    }
    furnace.sayState();
    expect(furnace.acknowledged).toEqual(["c1.load1", "c1.load1"]);
    expect(lab.daemon.lab.actual.get("c1.1")).toMatchObject({ temperature_K: 701 });
    expect(lab.daemon.lab.actual.get("c1.2")).toMatchObject({ temperature_K: 695 });

    await until(() => tester.started.length === 1, "the tester's load");
    // One is not told of, and one observation names no sample: neither is believed of anybody.
    const observations = [strength("c1.1", 410), strength("c1.2", 420), strength(undefined, 999)];
    tester.say("job/c1.load2/result", "job.result", { ...about, jobId: "c1.load2", observations });
    tester.sayState();
    await until(() => tester.acknowledged.length === 1, "the tester's acknowledgement");
    const learnt = (lab.daemon.lab.results.get("c1") ?? []).map(({ observations: [one] }) => one);
    expect(learnt).toEqual([strength("c1.1", 410), strength("c1.2", 420)]);
    const lost = lab.daemon.lab.machines.job.get("c1.3.s2");
    expect(lost?.states).toEqual(["failed"]);
    expect(lost?.context.failure?.detail).toBe(
      "c1.load2 brought no observation of the sample c1.3",
    );
  });
});
