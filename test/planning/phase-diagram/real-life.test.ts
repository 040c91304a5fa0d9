import { describe, expect, test } from "vitest";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { PhaseDiagramSettings } from "../../../src/domain/goal-settings.ts";
import { asId, type CampaignId } from "../../../src/domain/identifiers.ts";
import type { MapView } from "../../../src/domain/planner-view.ts";
import type { CampaignResult } from "../../../src/domain/proposal.ts";
import { createPhaseDiagramPlanner } from "../../../src/planning/phase-diagram/phase-diagram-planner.ts";
import type { Planner } from "../../../src/planning/planner.ts";

const AXIS = Array.from({ length: 13 }, (_, k) => k);

function planner(model: PhaseDiagramSettings = {}): Planner<MapView> {
  const spec: CampaignSpec = {
    goal: "phase-diagram",
    model: { initial: 0, ...model },
    campaignId: asId<CampaignId>("test"),
    title: "test",
    seed: "1",
    budget: 500,
    inFlight: 1,
    waitForWholeBatch: false,
    approval: "automatic",
    space: {
      kind: "grid",
      axes: [
        { name: "T", values: AXIS.map((k) => 300 + 50 * k) },
        { name: "x", values: AXIS.map((k) => k / 12) },
      ],
    },
    recipe: { steps: [] },
    limits: {},
    failuresInARow_max: 3,
  };
  return createPhaseDiagramPlanner(spec);
}

/** Candidates are listed with T running fastest. */
const candidateAt = (t: number, x: number): string => `c${x * AXIS.length + t}`;

function result(
  position: number,
  [t, x]: readonly [number, number],
  phases: readonly string[],
  confidence?: number,
): CampaignResult {
  return {
    position,
    candidateId: candidateAt(t, x),
    parameters: { T: 300 + 50 * t, x: x / 12 },
    observations: [{ kind: "phases", phases, confidence }],
  };
}

const ask = (one: Planner, count = 1) =>
  one.propose({ n: 99, count, pending: [], excluded: [], seed: "s" });

const labelAt = (one: Planner, t: number, x: number): string => {
  const view = one.view() as unknown as { labels: string[]; label: number[] };
  return view.labels[view.label[x * AXIS.length + t] ?? -1] ?? "";
};

/** Solid below, liquid above, known on every other point. */
function halves(): CampaignResult[] {
  const results: CampaignResult[] = [];
  for (let t = 0; t < 13; t += 2) {
    for (let x = 0; x < 13; x += 2) {
      results.push(result(results.length + 1, [t, x], [t < 6 ? "solid" : "liquid"]));
    }
  }
  return results;
}

describe("a map of real measurements", () => {
  test("doubts a result that contradicts all around it, asks for a repeat, and lets the repeats decide", () => {
    const one = planner();
    one.learn(halves().filter((item) => item.candidateId !== candidateAt(2, 6)));
    one.learn([result(100, [2, 6], ["liquid"])]);
    const { points, warnings, model } = ask(one);
    expect(points[0]).toMatchObject({ candidateId: candidateAt(2, 6) });
    expect(points[0]?.why).toMatch(/^Repeat: liquid was found here, .* says solid/);
    expect(warnings.join()).toMatch(/contradicts all around it/);
    expect(model.summary["suspicious"]).toHaveLength(1);
    one.learn([result(101, [2, 6], ["solid"]), result(102, [2, 6], ["solid"])]);
    expect(labelAt(one, 2, 6)).toBe("solid");
    expect(ask(one).model.summary["suspicious"]).toEqual([]);
  });

  test("a label of little confidence gives way to its surroundings, one of much confidence does not", () => {
    const near = halves().filter((item) => item.candidateId !== candidateAt(2, 6));
    const doubtful = planner();
    doubtful.learn([...near, result(100, [2, 6], ["odd"], 0.3)]);
    expect(labelAt(doubtful, 2, 6)).toBe("solid");
    const sure = planner();
    sure.learn([...near, result(100, [2, 6], ["odd"], 0.95)]);
    expect(labelAt(sure, 2, 6)).toBe("odd");
  });

  test("replicated points are weighed together, and one of them can be withdrawn", () => {
    const one = planner();
    one.learn(halves());
    one.learn([1, 2, 3].map((k) => result(200 + k, [5, 5], ["solid"], 0.6)));
    one.learn([result(210, [5, 5], ["liquid"], 0.6)]);
    expect(labelAt(one, 5, 5)).toBe("solid");
    one.forget([201, 202, 203]);
    expect(labelAt(one, 5, 5)).toBe("liquid");
  });

  test("an ambiguous result teaches nothing, is reported, and its point is asked once more only", () => {
    const one = planner();
    one.learn(halves());
    const before = one.view().label;
    const first = ask(one).points[0]!;
    const unclear: CampaignResult = {
      position: 300,
      candidateId: first.candidateId,
      parameters: first.parameters,
      observations: [{ kind: "phases", phases: ["odd"], confidence: 0.01 }],
    };
    one.learn([unclear]);
    expect(one.view().label).toEqual(before);
    const second = ask(one);
    expect(second.points[0]?.candidateId).toBe(first.candidateId);
    expect(second.warnings.join()).toMatch(/too uncertain/);
    one.learn([{ ...unclear, position: 301 }]);
    expect(ask(one).points[0]?.candidateId).not.toBe(first.candidateId);
  });

  test("a batch shares one furnace temperature where the settings ask for it", () => {
    const one = planner({ shared: "T" });
    one.learn(halves().slice(0, 20));
    const { points } = ask(one, 5);
    expect(points).toHaveLength(5);
    expect(new Set(points.map((point) => point.parameters["T"])).size).toBe(1);
    expect(new Set(points.map((point) => point.candidateId)).size).toBe(5);
  });
});
