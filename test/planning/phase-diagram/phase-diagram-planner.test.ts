import { describe, expect, test } from "vitest";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { PhaseDiagramSettings } from "../../../src/domain/goal-settings.ts";
import { asId, type CampaignId } from "../../../src/domain/identifiers.ts";
import type { CampaignResult } from "../../../src/domain/proposal.ts";
import { createPhaseDiagramPlanner } from "../../../src/planning/phase-diagram/phase-diagram-planner.ts";

function campaign(model: PhaseDiagramSettings, step = 0.1): CampaignSpec {
  return {
    goal: "phase-diagram",
    model,
    campaignId: asId<CampaignId>("test"),
    title: "test",
    seed: "1",
    budget: 50,
    inFlight: 3,
    waitForWholeBatch: false,
    approval: "automatic",
    space: { kind: "simplex-grid", components: ["A", "B", "C"], step },
    recipe: { steps: [] },
    limits: {},
    failuresInARow_max: 3,
  };
}

function request(
  n: number,
  count: number,
  more: Partial<{ pending: string[]; excluded: string[] }> = {},
) {
  return {
    n,
    count,
    pending: (more.pending ?? []).map((candidateId) => ({ candidateId, parameters: {} })),
    excluded: more.excluded ?? [],
    seed: "s",
  };
}

function result(
  position: number,
  point: { candidateId: string; parameters: Record<string, number | string> },
  phases: string[] | "failure",
): CampaignResult {
  return {
    position,
    candidateId: point.candidateId,
    parameters: point.parameters,
    observations: [
      phases === "failure" ? { kind: "failure", reason: "broken" } : { kind: "phases", phases },
    ],
  };
}

const truth = (p: Record<string, number | string>): string[] => {
  const [a, b] = [Number(p["A"]), Number(p["B"])];
  return a > 0.6 ? ["alpha"] : b > 0.6 ? ["beta"] : a > b ? ["alpha", "beta"] : ["gamma"];
};

describe("the published rule without measured compositions", () => {
  test("all between the results of one tie-triangle is known, until one of them is withdrawn", () => {
    const planner = createPhaseDiagramPlanner(campaign({ coexistence: "midpoint" }));
    const all = planner.propose(request(0, 66)).points;
    const at = (a: number, b: number) =>
      all.find(({ parameters: p }) => p["A"] === a && Math.abs(Number(p["B"]) - b) < 1e-9)!;
    const three = ["P", "Q", "R"];
    planner.learn([
      result(1, at(0.6, 0.2), three),
      result(2, at(0.2, 0.6), three),
      result(3, at(0.2, 0.2), three),
      // On a binary edge two phases are one tie-line; in the section two phases may be anything between.
      result(4, at(0, 0.8), ["Q", "R"]),
      result(5, at(0, 0.4), ["Q", "R"]),
      result(6, at(0.1, 0.8), ["P", "Q"]),
      result(7, at(0.7, 0.2), ["P", "Q"]),
    ]);
    const open = (): Set<string> =>
      new Set(planner.propose(request(1, 66)).points.map(({ candidateId }) => candidateId));
    const before = open();
    for (const inside of [at(0.4, 0.3), at(0.3, 0.3), at(0.4, 0.4), at(0, 0.6)])
      expect(before.has(inside.candidateId)).toBe(false);
    for (const outside of [at(0.1, 0.1), at(0, 0.2), at(0.4, 0.5), at(0.3, 0.6)])
      expect(before.has(outside.candidateId)).toBe(true);
    planner.forget([3]);
    const after = open();
    expect(after.has(at(0.3, 0.3).candidateId)).toBe(true);
    expect(after.has(at(0.4, 0.4).candidateId)).toBe(false);
  });
});

describe("the phase-diagram planner", () => {
  test("starts from nothing, learns, and finds every label", () => {
    const planner = createPhaseDiagramPlanner(campaign({}));
    for (let n = 1; n <= 12; n++) {
      const { points, verdict } = planner.propose(request(n, 2));
      expect(points).toHaveLength(2);
      expect(verdict.kind).toBe("continue");
      planner.learn(points.map((p, k) => result(10 * n + k, p, truth(p.parameters))));
    }
    const summary = planner.propose(request(13, 1)).model.summary;
    expect(summary["phasesFound"]).toEqual(["alpha", "beta", "gamma"]);
    expect(summary["labelsMeasured"]).toEqual(["alpha", "alpha+beta", "beta", "gamma"]);
    const view = planner.view();
    expect(view.kind).toBe("phase-diagram");
    expect(view["label"]).toHaveLength(66);
    expect(view["reached"]).toSatisfy((flags: boolean[]) => flags.every(Boolean));
  });

  test("never proposes a measured, pending or excluded point, and says when nothing is left", () => {
    const planner = createPhaseDiagramPlanner(campaign({}, 0.5));
    const { points } = planner.propose(request(1, 100, { pending: ["c0"], excluded: ["c1"] }));
    expect(points.map((p) => p.candidateId).sort()).toEqual(["c2", "c3", "c4", "c5"]);
    planner.learn(points.map((p, k) => result(k, p, truth(p.parameters))));
    expect(planner.propose(request(2, 3, { excluded: ["c0", "c1"] })).verdict.kind).toBe(
      "exhausted",
    );
  });

  test("gives up a point that failed twice, and uses known corners at once", () => {
    const known = [
      { at: { A: 1 }, phases: ["a"] },
      { at: { B: 1 }, phases: ["b"] },
      { at: { C: 1 }, phases: ["c"] },
    ];
    const planner = createPhaseDiagramPlanner(campaign({ known }, 0.25));
    const all = planner.propose(request(1, 100)).points;
    expect(all).toHaveLength(12);
    expect(all.map((p) => p.why).join()).toMatch(/Between/);
    const [first] = all;
    planner.learn([result(1, first!, "failure")]);
    expect(planner.propose(request(2, 100)).points).toHaveLength(12);
    planner.learn([result(2, first!, "failure")]);
    expect(planner.propose(request(3, 100)).points).toHaveLength(11);
  });

  test("the same request on the same results gives the same answer, and learning twice and forgetting once too", () => {
    const one = createPhaseDiagramPlanner(campaign({}));
    const two = createPhaseDiagramPlanner(campaign({}));
    const { points } = one.propose(request(1, 8));
    const results = points.map((p, k) => result(k, p, truth(p.parameters)));
    one.learn(results);
    for (const item of results) two.learn([item]);
    const wrong = result(99, one.propose(request(2, 1)).points[0]!, ["odd"]);
    two.propose(request(2, 1));
    two.learn([wrong]);
    two.propose(request(3, 1));
    two.forget([99]);
    expect(two.propose(request(4, 3)).points).toEqual(one.propose(request(4, 3)).points);
  });

  test("stops when the map no longer changes", () => {
    const planner = createPhaseDiagramPlanner(campaign({ stop: { mapUnchanged: 4 } }));
    let verdict = "continue";
    let n = 0;
    while (verdict === "continue" && n < 60) {
      const proposal = planner.propose(request(++n, 1));
      verdict = proposal.verdict.kind;
      planner.learn(proposal.points.map((p) => result(n, p, truth(p.parameters))));
    }
    expect(verdict).toBe("converged");
    expect(n).toBeLessThan(55);
  });

  test.each([
    [{ error_max: 0.04 }, /estimated share of wrong labels/],
    [{ unseenChance_max: 0.1 }, /chance of a phase not seen yet/],
  ])("publishes its estimates with each batch and stops by either: %j", (stop, reason) => {
    const planner = createPhaseDiagramPlanner(campaign({ stop }));
    for (let n = 1; n <= 60; n++) {
      const { points, verdict, model } = planner.propose(request(n, 1));
      expect(model.summary["estimatedError"]).toBeTypeOf("number");
      expect(model.summary["unseenChance"]).toBeTypeOf("number");
      if (verdict.kind === "converged") {
        expect(verdict.reason).toMatch(reason);
        expect(n).toBeGreaterThan(10);
        return;
      }
      planner.learn(points.map((p) => result(n, p, truth(p.parameters))));
    }
    throw new Error("the campaign did not stop");
  });

  test("an actual composition off the grid is learnt where it was, and the asked point is not asked again", () => {
    const planner = createPhaseDiagramPlanner(campaign({}));
    const { points } = planner.propose(request(1, 8));
    planner.learn(
      points.map((p, k) => ({
        ...result(k, p, truth(p.parameters)),
        actual: {
          A: Number(p.parameters["A"]) * 0.95 + 0.013,
          B: Number(p.parameters["B"]) * 0.95 + 0.02,
        },
      })),
    );
    const next = planner.propose(request(2, 100)).points.map((p) => p.candidateId);
    for (const p of points) expect(next).not.toContain(p.candidateId);
  });
});
