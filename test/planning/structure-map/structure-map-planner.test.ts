import { describe, expect, test } from "vitest";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import { asId } from "../../../src/domain/identifiers.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import type { MapView } from "../../../src/domain/planner-view.ts";
import type { CampaignResult } from "../../../src/domain/proposal.ts";
import { chooseKind } from "../../../src/planning/structure-map/evidence-choice.ts";
import { createStructureMapPlanner } from "../../../src/planning/structure-map/structure-map-planner.ts";

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

function labelAt({ label, labels }: MapView, row: number): string {
  return labels[label[row] ?? -1] ?? "";
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
  expect(view.labels).toEqual(["crystal", "liquid"]);
  expect(view.evidence).toEqual({
    simulation: { results: 1, cost: 1 },
    measurement: { results: 1, cost: 20 },
  });
  const { restsOn = [], regions = [] } = view;
  expect(restsOn[0]).toBe("simulation");
  expect(restsOn.at(-1)).toBe("measurement");
  expect(regions).toEqual([
    expect.objectContaining({ label: "crystal", simulation: expect.any(Number) }),
    expect.objectContaining({ label: "liquid", measurement: expect.any(Number) }),
  ]);
  for (const region of regions)
    expect(region.simulation + region.measurement).toBe(region.candidates);
  planner.forget([1]);
  expect(planner.view().restsOn).not.toContain("simulation");
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

describe("a campaign with both kinds of instrument", () => {
  const MIXED: CampaignSpec = {
    ...CAMPAIGN,
    alternatives: { measurement: { steps: [] } },
    model: {
      structureModel: "model.json",
      evidence: { simulation: { inFlight: 2 }, measurement: { cost: 20, inFlight: 1 } },
    },
  };
  const simulated = (position: number, temperature_K: number, phase: string) =>
    result(position, { temperature_K, rate: 0 }, [
      TRAJECTORY,
      { kind: "phases", phases: [phase], confidence: 1 },
    ]);

  test("fills the runners with simulations and the furnace with one measurement", () => {
    const planner = createStructureMapPlanner(MIXED);
    planner.learn([simulated(1, 300, "crystal"), simulated(2, 2100, "liquid")]);
    const { points } = planner.propose({ n: 1, count: 5, pending: [], excluded: [], seed: "1" });
    expect(points.map(({ recipe }) => recipe)).toEqual([undefined, undefined, "measurement"]);
    expect(new Set(points.map(({ candidateId }) => candidateId)).size).toBe(3);
    expect(points.at(-1)?.why).toContain("a measurement corrects");
  });

  test("with a measurement in flight only simulations follow, none at a point in flight", () => {
    const planner = createStructureMapPlanner(MIXED);
    planner.learn([simulated(1, 300, "crystal")]);
    const pending = [
      { candidateId: "c3", parameters: { temperature_K: 2100, rate: 0 }, recipe: "measurement" },
    ];
    const { points } = planner.propose({ n: 1, count: 2, pending, excluded: [], seed: "1" });
    expect(points.map(({ recipe }) => recipe)).toEqual([undefined, undefined]);
    expect(points.map(({ candidateId }) => candidateId)).not.toContain("c3");
  });

  test("when every point is simulated, what rests on simulations only is measured, far from what was", () => {
    const planner = createStructureMapPlanner({
      ...MIXED,
      model: { structureModel: "model.json", evidence: { measurement: { cost: 20 } } },
    });
    const all = [0, 1, 2].flatMap((rate) =>
      [300, 900, 1500, 2100].map((temperature_K) => ({ temperature_K, rate })),
    );
    planner.learn(
      all.map((at, k) =>
        result(k + 1, at, [TRAJECTORY, { kind: "phases", phases: ["crystal"], confidence: 1 }]),
      ),
    );
    planner.learn([
      {
        ...result(20, { temperature_K: 300, rate: 0 }, [{ kind: "phases", phases: ["crystal"] }]),
        recipe: "measurement",
      },
    ]);
    const { points, verdict } = planner.propose({
      n: 1,
      count: 1,
      pending: [],
      excluded: [],
      seed: "1",
    });
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ recipe: "measurement" });
    const { temperature_K, rate } = (points[0]?.parameters ?? {}) as Record<string, number>;
    expect(
      Math.hypot((Number(temperature_K) - 300) / 1800, Number(rate) / 2),
    ).toBeGreaterThanOrEqual(0.5);
    expect(verdict.kind).toBe("continue");
  });
});

test("the larger correction for its cost is chosen", () => {
  const terms = (cost: number, places = 1) => ({ fidelity: 1, cost, places });
  const check = { row: 0, gain: 0.5 };
  expect(chooseKind(0.4, check, terms(1), terms(1))).toBe("measurement");
  expect(chooseKind(0.4, check, terms(1), terms(20))).toBe("simulation");
  expect(chooseKind(0.01, check, terms(1), terms(20))).toBe("measurement");
  expect(chooseKind(undefined, check, terms(1), terms(20))).toBe("measurement");
  expect(chooseKind(0.4, check, terms(1, 0), terms(20))).toBe("measurement");
  expect(chooseKind(0.4, check, terms(1, 0), terms(20, 0))).toBeUndefined();
});

test("a kind of little fidelity is a hint that is not asked for again; a run that was hardly identified is", () => {
  const doubtful = {
    ...CAMPAIGN,
    model: { ...CAMPAIGN.model, evidence: { simulation: { fidelity: 0.3 } } },
  };
  const phases = (phase: string, confidence: number): Observation => ({
    kind: "phases",
    phases: [phase],
    confidence,
  });
  const planner = createStructureMapPlanner(doubtful as CampaignSpec);
  planner.learn([
    result(1, { temperature_K: 300, rate: 0 }, [TRAJECTORY, phases("crystal", 1)]),
    result(2, { temperature_K: 2100, rate: 2 }, [TRAJECTORY, phases("liquid", 0.9)]),
  ]);
  const ask = () => planner.propose({ n: 1, count: 2, pending: [], excluded: [], seed: "1" });
  const at = (row: number) => `c${row}`;
  expect(labelAt(planner.view() as MapView, 0)).toBe("crystal");
  expect(ask().points.map(({ candidateId }) => candidateId)).not.toContain(at(0));
  planner.learn([result(3, { temperature_K: 900, rate: 1 }, [TRAJECTORY, phases("glass", 0.3)])]);
  expect(ask().points[0]).toMatchObject({
    candidateId: at(5),
    why: expect.stringMatching(/^Repeat: glass/),
  });
});
