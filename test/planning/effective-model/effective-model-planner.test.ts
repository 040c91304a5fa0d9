import { beforeAll, describe, expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import { asId } from "../../../src/domain/identifiers.ts";
import type { CampaignResult, Proposal } from "../../../src/domain/proposal.ts";
import { solveForward } from "../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../src/models/effective-model/forward/forward-spec.ts";
import { createEffectiveModelPlanner } from "../../../src/planning/effective-model/effective-model-planner.ts";

const T = [1.5, 4, 10];
const H = Array.from({ length: 15 }, (_, k) => 2 * k);
const SIGMA = 0.004;

const campaign: CampaignSpec = {
  ...{ campaignId: asId("dimer"), title: "a dimer", seed: "1", budget: 40, inFlight: 2 },
  ...{ waitForWholeBatch: false, approval: "automatic", limits: {}, failuresInARow_max: 3 },
  recipe: { steps: [] },
  space: {
    kind: "grid",
    axes: [
      { name: "temperature_K", values: T },
      { name: "field_T", values: H },
    ],
  },
  goal: "effective-model",
  model: {
    spec: {
      ...{ spins: 2, spin: 0.5, g: 2.08, bonds: [{ i: 0, j: 1, coupling: "J1" }] },
      couplings: { J1: { min: -20, max: 20 } },
    },
    target: { quantity: "spinGap_meV", error_max: 0.02 },
  },
};

const truth = solveForward(
  readForwardSpec({ spins: 2, g: 2.08, bonds: [{ i: 0, j: 1, J: -2 }], T, H }),
);

function measure(point: Proposal["points"][number], position: number): CampaignResult {
  const prng = createPrng(`noise ${position}`);
  const t = T.indexOf(Number(point.parameters["temperature_K"]));
  const h = H.indexOf(Number(point.parameters["field_T"]));
  const value = (truth.magnetisation[t]?.[h] ?? Number.NaN) + SIGMA * prng.normal();
  const observation = { kind: "objective", name: "magnetisation", value, unit: "1" } as const;
  return {
    ...{ position, candidateId: point.candidateId, parameters: point.parameters },
    observations: [{ ...observation, standardUncertainty: SIGMA }],
  };
}

const request = { pending: [], excluded: [], seed: "s" };

describe("a campaign for the gap of a dimer", () => {
  const proposals: Proposal[] = [];
  const results: CampaignResult[] = [];

  beforeAll(() => {
    const planner = createEffectiveModelPlanner(campaign);
    for (let n = 1; n <= 15; n++) {
      const proposal = planner.propose({ ...request, n, count: 1 });
      proposals.push(proposal);
      if (proposal.verdict.kind !== "continue") break;
      const batch = proposal.points.map((point, k) => measure(point, results.length + k));
      results.push(...batch);
      planner.learn(batch);
    }
  });

  test("ends by itself with the gap within its error", () => {
    const last = proposals.at(-1)!;
    expect(last.verdict.kind).toBe("converged");
    const { value, error } = last.model.summary as { value: number; error: number };
    expect(error).toBeLessThanOrEqual(0.02);
    expect(Math.abs(value - 2)).toBeLessThan(4 * error);
    expect(results.length).toBeLessThan(10);
  });

  test("each proposal says what it should bring", () => {
    expect(proposals[0]?.points[0]?.why).toMatch(/should bring the error of spinGap_meV from/);
  });

  test("a replay of the same results proposes the same", () => {
    const planner = createEffectiveModelPlanner(campaign);
    planner.learn(results);
    const last = proposals.at(-1);
    expect(planner.propose({ ...request, n: proposals.length, count: 1 })).toEqual(last);
  });

  test("what is taken back has not been learnt", () => {
    const planner = createEffectiveModelPlanner(campaign);
    planner.learn(results);
    planner.forget(results.map((result) => result.position));
    const again = planner.propose({ ...request, n: 1, count: 1 });
    expect(again).toEqual(proposals[0]);
  });
});

describe("odd requests", () => {
  test("pending and excluded points change the choice; failures are not repeated for ever", () => {
    const planner = createEffectiveModelPlanner(campaign);
    const first = planner.propose({ ...request, n: 1, count: 1 }).points[0]!;
    const other = planner.propose({ ...request, n: 1, count: 1, excluded: [first.candidateId] });
    expect(other.points[0]?.candidateId).not.toBe(first.candidateId);
    const failed = [0, 1].map((position) => ({
      ...{ position, candidateId: first.candidateId, parameters: first.parameters },
      observations: [{ kind: "failure", reason: "quench" } as const],
    }));
    planner.learn(failed);
    const next = planner.propose({ ...request, n: 2, count: 1 });
    expect(next.points[0]?.candidateId).not.toBe(first.candidateId);
  });

  test("a curve over fields counts as its values", () => {
    const planner = createEffectiveModelPlanner(campaign);
    planner.learn([
      {
        ...{ position: 0, candidateId: "c0", parameters: { temperature_K: 1.5 } },
        observations: [
          {
            ...{ kind: "curve", name: "magnetisation", unit: "1" },
            axis: { name: "H", unit: "T", values: H },
            values: truth.magnetisation[0] ?? [],
            standardUncertainty: H.map(() => SIGMA),
          },
        ],
      },
    ]);
    const { summary } = planner.propose({ ...request, n: 1, count: 1 }).model;
    expect(Math.abs((summary["value"] as number) - 2)).toBeLessThan(0.02);
    const view = planner.view();
    const [curve] = view.kind === "effective-model" ? view.curves : [];
    const at = curve?.x.length ?? 0;
    expect(curve).toMatchObject({ quantity: "magnetisation", axis: "field_T", fixed: 1.5 });
    // The band holds what was measured at the highest field.
    expect(curve?.low?.[at - 1]).toBeLessThan((truth.magnetisation[0]?.at(-1) ?? 0) + 3 * SIGMA);
    expect(curve?.high?.[at - 1]).toBeGreaterThan(
      (truth.magnetisation[0]?.at(-1) ?? 0) - 3 * SIGMA,
    );
  });

  test("an unknown target is refused when the campaign is defined", () => {
    const model = { ...campaign.model, target: { quantity: "J9", error_max: 1 } };
    expect(() => createEffectiveModelPlanner({ ...campaign, model } as CampaignSpec)).toThrow(
      expect.objectContaining({ code: "TL-8002" }),
    );
  });
});
