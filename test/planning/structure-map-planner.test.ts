import { expect, test } from "vitest";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { CampaignResult } from "../../src/domain/proposal.ts";
import { createStructureMapPlanner } from "../../src/planning/structure-map-planner.ts";

const CAMPAIGN: CampaignSpec = {
  campaignId: asId("map"),
  title: "map",
  seed: "1",
  budget: 20,
  inFlight: 1,
  waitForWholeBatch: false,
  approval: "automatic",
  space: {
    kind: "grid",
    axes: [
      { name: "temperature_K", values: [300, 900, 1500, 2100] },
      { name: "rate", values: [0, 1, 2] },
    ],
  },
  recipe: { steps: [] },
  limits: {},
  failuresInARow_max: 3,
  goal: "structure-map",
  model: {
    structureModel: "model.json",
    fraction_min: 0.2,
    evidence: { measurement: { cost: 20 } },
  },
};

const TRAJECTORY: Observation = {
  kind: "trajectory",
  frames: { uri: "file:///run.xyz", sha256: "0".repeat(64), bytes: 1, format: "extxyz" },
};

function result(
  position: number,
  at: { temperature_K: number; rate: number },
  observations: Observation[],
): CampaignResult {
  const row = [0, 1, 2].indexOf(at.rate) * 4 + [300, 900, 1500, 2100].indexOf(at.temperature_K);
  return { position, candidateId: `c${row}`, parameters: at, observations };
}

function labelAt(view: Readonly<Record<string, unknown>>, row: number): string {
  const label = view["label"] as number[];
  return (view["labels"] as string[])[label[row] ?? -1] ?? "";
}

test("a minor class of a simulation is no phase; both kinds of evidence are counted with their costs", () => {
  const planner = createStructureMapPlanner(CAMPAIGN);
  planner.learn([
    result(1, { temperature_K: 300, rate: 0 }, [
      TRAJECTORY,
      {
        kind: "phases",
        phases: ["crystal", "liquid"],
        fractions: { crystal: 0.9, liquid: 0.1 },
        confidence: 0.98,
      },
    ]),
    result(2, { temperature_K: 2100, rate: 2 }, [{ kind: "phases", phases: ["liquid"] }]),
  ]);
  const view = planner.view();
  expect(view["labels"]).toEqual(["crystal", "liquid"]);
  expect(view["evidence"]).toEqual({
    simulation: { results: 1, cost: 1 },
    measurement: { results: 1, cost: 20 },
  });
  const restsOn = view["restsOn"] as string[];
  expect(restsOn[0]).toBe("simulation");
  expect(restsOn.at(-1)).toBe("measurement");
  planner.forget([1]);
  expect(planner.view()["restsOn"]).not.toContain("simulation");
});

test("a measurement outvotes a simulation that contradicts it at the same point", () => {
  const planner = createStructureMapPlanner(CAMPAIGN);
  const at = { temperature_K: 1500, rate: 0 };
  planner.learn([
    result(1, at, [TRAJECTORY, { kind: "phases", phases: ["liquid"], confidence: 1 }]),
    result(2, at, [{ kind: "phases", phases: ["crystal"], confidence: 1 }]),
  ]);
  expect(labelAt(planner.view(), 2)).toBe("crystal");
});

test("proposes the points asked for and says what was spent", () => {
  const planner = createStructureMapPlanner(CAMPAIGN);
  planner.learn([
    result(1, { temperature_K: 300, rate: 0 }, [TRAJECTORY, { kind: "phases", phases: ["a"] }]),
  ]);
  const proposal = planner.propose({ n: 1, count: 3, pending: [], excluded: [], seed: "1" });
  expect(proposal.points).toHaveLength(3);
  expect(proposal.model.summary["evidence"]).toMatchObject({ simulation: { results: 1 } });
});
