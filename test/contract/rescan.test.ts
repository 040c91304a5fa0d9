import { resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { MapView } from "../../src/domain/planner-view.ts";
import { createPlanner } from "../../src/planning/create-planner.ts";
import { countingResults } from "../../src/replay/relearn.ts";
import { createProposalVerifier } from "../../src/replay/verify-proposals.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { createExportFold } from "../../src/views/export-document.ts";
import { LimitedDaemon, places } from "../support/limited-daemon.ts";
import type { StartCommand } from "../support/scripted-instrument.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { eventsOf } from "./running-daemon.ts";

const CARDS = resolve(import.meta.dirname, "../fixtures/diffraction");
const BUDGET = 6;
const lab = new LimitedDaemon();
afterEach(() => lab.stop());

const CAMPAIGN = `campaigns:
  - id: c1
    goal: phase-diagram
    autoStart: true
    budget: ${BUDGET}
    inFlight: 2
    space: { kind: simplex-grid, components: [Ni, Ti, Zn], step: 0.25 }
    recipe:
      - { capability: synthesise, parameters: { x_Ni: { axis: Ni } }, timeLimit_s: 60 }
      - { capability: diffraction, timeLimit_s: 60, repeatable: true }
    model:
      coexistence: "off"
      patterns:
        references: [${CARDS}]
        rescan: { parameters: { countingTime_s: 2 } }
`;

/** By sample: sure, doubtful, or with lines that are in no reference. A longer scan is sure. */
const FIRST = [
  { phases: ["NiO"], confidence: 0.99 },
  {
    ...{ phases: ["NiO"], confidence: 0.7 },
    alternatives: [{ phases: ["NiO", "ZnO"], probability: 0.3 }],
  },
  { phases: ["NiO", "unknown"], confidence: 1, unfamiliar: { share: 0.1, d_A: [2.5] } },
];
const AGAIN = { phases: ["NiO", "ZnO"], confidence: 1 };

test("a doubtful sample is scanned again, once, for no budget, and the longer scan counts", async () => {
  const scans: StartCommand[] = [];
  const samples: string[] = [];
  await lab.start(places()[0]!, CAMPAIGN);
  const common = { repeatable: true, expectedDuration_s: 1 };
  await lab.add({
    id: "robot-1",
    capabilities: [
      {
        ...{ name: "synthesise", parameters: { x_Ni: { unit: "1" } }, results: [] },
        ...common,
      },
    ],
    measure: () => [],
    actual: ({ parameters }) => ({ x_Ni: Number(parameters["x_Ni"]) }),
  });
  await lab.add({
    id: "xrd-1",
    capabilities: [
      {
        ...{ name: "diffraction", results: ["phases"], ...common },
        parameters: { countingTime_s: { unit: "s", required: false } },
      },
    ],
    measure: (command) => {
      scans.push(command);
      const isAgain = command.parameters["countingTime_s"] === 2;
      if (isAgain) return [{ kind: "phases", ...AGAIN }];
      samples.push(command.sampleIds?.join() ?? "");
      return [{ kind: "phases", ...FIRST[(samples.length - 1) % 3] }];
    },
  });
  await until(() => lab.daemon.isFinished(), "the end");

  // Two of three samples are in doubt: each is scanned twice, and none three times.
  const bySample = new Map<string, number>();
  for (const { sampleIds = [] } of scans)
    bySample.set(sampleIds.join(), (bySample.get(sampleIds.join()) ?? 0) + 1);
  expect(samples.map((sample) => bySample.get(sample))).toEqual([1, 2, 2, 1, 2, 2]);
  expect(bySample.size).toBe(BUDGET);
  expect(lab.daemon.view.campaign("c1")?.budget).toEqual({ used: BUDGET, total: BUDGET });

  const again = createLab();
  const verifier = createProposalVerifier();
  const exports = createExportFold({ site: SITE, version: "1", state: lab.daemon.statePort });
  const whys: string[] = [];
  for (const event of await eventsOf(lab.daemon)) {
    verifier.check(event, again);
    applyEvent(again, event);
    exports.fold(event);
    if (event.fact.type === "planner.proposed")
      for (const point of event.fact.proposal.points)
        if (point.sample !== undefined) whys.push(point.why);
  }
  expect(verifier.summary()).toMatchObject({ differences: [] });
  expect(new Set(whys)).toEqual(
    new Set([
      "scan again (countingTime_s 2): ZnO is there with a probability of 0.30",
      "scan again (countingTime_s 2): no reference explains 10 % of its intensity",
    ]),
  );
  // The map knows each sample once, by the longer scan; taken back, the shorter one counts again.
  const document = exports.document("c1")!;
  const planner = createPlanner(document.campaign);
  planner.learn(countingResults(document));
  const labels = () => (planner.view() as MapView).measured.map(({ label }) => label).sort();
  expect(labels()).toEqual(["NiO", "NiO", "NiO+ZnO", "NiO+ZnO", "NiO+ZnO", "NiO+ZnO"]);
  const longer = document.observations.filter(({ recipe }) => recipe === "rescan");
  expect(longer).toHaveLength(4);
  // What was measured when the sample was made is known of it.
  for (const { actual, parameters } of longer) expect(actual?.["Ni"]).toBe(parameters["Ni"]);
  planner.forget(longer.map(({ position }) => position));
  expect(labels().filter((label) => label === "NiO+ZnO")).toEqual([]);
}, 60_000);
