import { describe, expect, test } from "vitest";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import { asId, type CampaignId } from "../../../src/domain/identifiers.ts";
import type { Composition } from "../../../src/domain/observation.ts";
import type { SearchSpace } from "../../../src/domain/search-space.ts";
import { createPhaseDiagramPlanner } from "../../../src/planning/phase-diagram/phase-diagram-planner.ts";
import type { Planner } from "../../../src/planning/planner.ts";

const T_K = [300, 400, 500, 600];
const fractions = Array.from({ length: 11 }, (_, k) => k / 10);
const SPACES: Readonly<Record<string, SearchSpace>> = {
  "a grid with one mole fraction": {
    kind: "grid",
    axes: [
      { name: "T_K", values: T_K },
      { name: "x_Zn", values: fractions },
    ],
  },
  "a table with both mole fractions": {
    kind: "table",
    components: ["Al", "Zn"],
    rows: T_K.flatMap((T) => fractions.map((x) => ({ Al: 1 - x, Zn: x, T_K: T }))),
  },
};

function plannerOn(space: SearchSpace, coexistence?: "off"): Planner {
  const campaign: CampaignSpec = {
    goal: "phase-diagram",
    model: { initial: 1, coexistence },
    campaignId: asId<CampaignId>("test"),
    title: "test",
    seed: "1",
    budget: 20,
    inFlight: 1,
    waitForWholeBatch: false,
    approval: "automatic",
    space,
    recipe: { steps: [] },
    limits: {},
    failuresInARow_max: 3,
  };
  return createPhaseDiagramPlanner(campaign);
}

function tell(planner: Planner, compositions: Readonly<Record<string, Composition>>): void {
  const all = planner.propose({ n: 0, count: 44, pending: [], excluded: [], seed: "ids" });
  const point = all.points.find(
    ({ parameters: p }) => p["T_K"] === 400 && Math.abs(Number(p["x_Zn"] ?? p["Zn"]) - 0.5) < 1e-9,
  );
  if (point === undefined) throw new Error("no candidate at 400 K and x = 0.5");
  planner.learn([
    {
      position: 1,
      candidateId: point.candidateId,
      parameters: point.parameters,
      observations: [{ kind: "phases", phases: Object.keys(compositions), compositions }],
    },
  ]);
}

const TIE = { FCC: { Al: 0.85, Zn: 0.15 }, HCP: { Al: 0.05, Zn: 0.95 } };

describe.each(Object.entries(SPACES))("a binary campaign on %s", (_, space) => {
  test("its first tie-line moves it to the engine that follows fields through temperature", () => {
    const planner = plannerOn(space);
    tell(planner, TIE);
    const proposal = planner.propose({ n: 1, count: 2, pending: [], excluded: [], seed: "1" });
    expect(proposal.model.method).toBe("binary-fields");
    expect(proposal.points.every(({ why }) => why.length > 10)).toBe(true);
    const view = planner.view() as unknown as { tieLines: { ends: Record<string, number>[] }[] };
    const [line] = view.tieLines;
    expect(line?.ends.map((end) => end["T_K"])).toEqual([400, 400]);
    expect(line?.ends.map((end) => end["x_Zn"] ?? end["Zn"])).toEqual([
      expect.closeTo(0.15, 9),
      expect.closeTo(0.95, 9),
    ]);
  });

  test("off keeps it on the graph", () => {
    const planner = plannerOn(space, "off");
    tell(planner, TIE);
    const proposal = planner.propose({ n: 1, count: 1, pending: [], excluded: [], seed: "1" });
    expect(proposal.model.method).toBe("gaussian-process");
  });
});

test("compositions of one mole fraction alone, in at.%, are understood", () => {
  const space: SearchSpace = {
    kind: "grid",
    axes: [
      { name: "T_K", values: T_K },
      { name: "x_Zn", values: fractions.map((x) => 100 * x) },
    ],
  };
  const planner = plannerOn(space);
  const all = planner.propose({ n: 0, count: 44, pending: [], excluded: [], seed: "ids" });
  const point = all.points.find(({ parameters: p }) => p["T_K"] === 400 && p["x_Zn"] === 50);
  planner.learn([
    {
      position: 1,
      candidateId: point?.candidateId ?? "",
      parameters: point?.parameters ?? {},
      observations: [
        {
          kind: "phases",
          phases: ["FCC", "HCP"],
          compositions: { FCC: { Zn: 15 }, HCP: { Zn: 95 } },
        },
      ],
    },
  ]);
  const view = planner.view() as unknown as { tieLines: { ends: Record<string, number>[] }[] };
  expect(view.tieLines[0]?.ends.map((end) => end["x_Zn"])).toEqual([
    expect.closeTo(15, 9),
    expect.closeTo(95, 9),
  ]);
});
