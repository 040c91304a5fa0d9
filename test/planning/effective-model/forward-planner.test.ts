import { beforeAll, describe, expect, test } from "vitest";
import { completeForwardCampaign } from "../../../config/forward-campaign.ts";
import { createPrng } from "../../../src/core/prng.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import { requestParameters, requestText } from "../../../src/domain/forward-request.ts";
import { asId } from "../../../src/domain/identifiers.ts";
import type { CampaignResult, Proposal } from "../../../src/domain/proposal.ts";
import { resolveParameters } from "../../../src/domain/recipe.ts";
import { solveForward } from "../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../src/models/effective-model/forward/forward-spec.ts";
import { createPlanner } from "../../../src/planning/create-planner.ts";
import {
  createForwardCalculator,
  readRequestText,
} from "../../../src/planning/effective-model/forward-calculation.ts";

const T = [3, 12];
const H = Array.from({ length: 13 }, (_, k) => 4 * k);
const TRUTH = { J1: -5, J2: -2 };
const SIGMA = 0.003;
const bonds = [
  { i: 0, j: 1, coupling: "J1" },
  { i: 1, j: 2, coupling: "J2" },
  { i: 2, j: 3, coupling: "J1" },
] as const;

const prng = createPrng("noise");
const truth = solveForward(
  readForwardSpec({
    ...{ spins: 4, g: 2.1, T, H },
    bonds: bonds.map(({ i, j, coupling }) => ({ i, j, J: TRUTH[coupling] })),
  }),
);
const spec = {
  ...{ spins: 4, spin: 0.5, g: 2.1, bonds },
  couplings: { J1: { min: -20, max: 20 }, J2: { min: -20, max: 20 } },
  curves: T.map((temperature, t) => ({
    T: temperature,
    H,
    m: (truth.magnetisation[t] ?? []).map((m) => m + SIGMA * prng.normal()),
    sigma: SIGMA,
  })),
};

function campaignWith(model: Record<string, unknown>): CampaignSpec {
  const completed = completeForwardCampaign({
    ...{ campaignId: asId("chain"), title: "a chain", seed: "1", budget: 300, inFlight: 8 },
    ...{ approval: "automatic", limits: {}, failuresInARow_max: 3 },
    ...{ goal: "effective-model", model },
  }) as { recipe: unknown } & Record<string, unknown>;
  return { ...completed, recipe: { steps: completed.recipe } } as unknown as CampaignSpec;
}

const campaign = campaignWith({ forward: {}, spec });

/** What a runner makes of a point. */
function calculate(point: Proposal["points"][number], position: number): CampaignResult {
  const [step] = campaign.recipe.steps;
  const parameters = resolveParameters(step!, point.parameters);
  const calculator = createForwardCalculator(readRequestText(parameters));
  return {
    ...{ position, candidateId: point.candidateId, parameters: point.parameters },
    observations: calculator.calculate(parameters),
  };
}

describe("a campaign of forward calculations", () => {
  const proposals: Proposal[] = [];
  const results: CampaignResult[] = [];
  const request = { pending: [], excluded: [], seed: "s" };
  const planner = createPlanner(campaign);

  beforeAll(() => {
    for (let n = 1; n <= 40; n++) {
      const proposal = planner.propose({ ...request, n, count: 8 });
      proposals.push(proposal);
      if (proposal.verdict.kind !== "continue") break;
      const batch = proposal.points.map((point, k) => calculate(point, results.length + k));
      results.push(...batch);
      planner.learn(batch);
    }
  });

  test("ends by itself with the couplings within their errors", () => {
    const last = proposals.at(-1);
    expect(last?.verdict.kind).toBe("converged");
    const J = last?.model.summary["J"] as Record<string, { value: number; error: number }>;
    for (const [name, value] of Object.entries(TRUTH)) {
      const found = J[name]!;
      expect(found.error).toBeGreaterThan(0.005);
      expect(found.error).toBeLessThan(0.2);
      expect(Math.abs(found.value - value)).toBeLessThan(4 * found.error);
    }
    expect(results.length).toBeLessThan(200);
  });

  test("the design comes first, then optimisation and descent, then the posterior", () => {
    const stages = proposals.map((one) => one.model.summary["stage"]);
    expect(stages[0]).toBe("design");
    expect(stages.at(-1)).toBe("posterior");
    const reasons = proposals.flatMap((one) => one.points.map((point) => point.why)).join(" ");
    expect(reasons).toMatch(/Bayesian optimisation/);
    expect(reasons).toMatch(/Descends/);
  });

  test("a replay of the same results proposes the same", () => {
    const again = createPlanner(campaign);
    again.learn(results);
    expect(again.propose({ ...request, n: proposals.length, count: 8 })).toEqual(proposals.at(-1));
  });

  test("the page gets data, curves with a band, and couplings with errors", () => {
    const view = planner.view();
    if (view.kind !== "effective-model") expect.fail(view.kind);
    expect(view.measured).toHaveLength(26);
    const { curves } = view;
    expect(curves.map((curve) => curve.x.length)).toEqual([13, 13]);
    expect(curves.every((curve) => curve.low?.every((v, k) => v <= (curve.high?.[k] ?? -1)))).toBe(
      true,
    );
    expect(JSON.stringify(view)).not.toMatch(/null|NaN/);
  });

  test("results that are no calculation are survived and their points not asked for again", () => {
    const fresh = createPlanner(campaign);
    const point = fresh.propose({ ...request, n: 1, count: 1 }).points[0]!;
    const failed = { ...calculate(point, 0), observations: [] };
    fresh.learn([failed]);
    const next = fresh.propose({ ...request, n: 2, count: 1 });
    expect(next.points[0]?.parameters).not.toEqual(point.parameters);
  });
});

test("couplings that cannot explain the data are an end with a finding, not convergence", () => {
  const one = {
    ...{ spins: 2, spin: 0.5, g: 2.1, bonds: [{ i: 0, j: 1, coupling: "J1" }] },
    couplings: { J1: { min: -20, max: 20 } },
    curves: [3, 12].map((T) => ({ T, H, m: H.map((h) => 0.2 + 0.2 * Math.sin(h / 8)) })),
  };
  const dimer = campaignWith({ forward: {}, spec: one });
  const planner = createPlanner(dimer);
  const step = dimer.recipe.steps[0]!;
  let position = 0;
  for (let n = 1; n <= 60; n++) {
    const { points, verdict, warnings } = planner.propose({
      ...{ pending: [], excluded: [], seed: "s", n, count: 8 },
    });
    expect(verdict.kind).not.toBe("converged");
    if (verdict.kind === "exhausted") {
      expect(verdict.reason).toMatch(/noise does not explain/);
      expect(warnings.join(" ")).toMatch(/Noise does not explain/);
      return;
    }
    const batch = points.map((point) => {
      const parameters = resolveParameters(step, point.parameters);
      const calculator = createForwardCalculator(readRequestText(parameters));
      const observations = calculator.calculate(parameters);
      const { candidateId } = point;
      return { position: position++, candidateId, parameters: point.parameters, observations };
    });
    planner.learn(batch);
  }
  throw new Error("it did not end");
});

describe("what is not such a campaign is refused when it is defined", () => {
  test.each([
    ["no curves", { spec: { ...spec, curves: undefined } }],
    ["a target", { spec, target: { quantity: "J1", error_max: 0.1 } }],
    ["several structures", { spec: { ...spec, models: [{ name: "other", bonds }] } }],
  ])("%s", (_, model) => {
    expect(() => createPlanner(campaignWith({ forward: {}, ...model }))).toThrow(
      expect.objectContaining({ code: "TL-8002" }),
    );
  });

  test("a space other than the couplings", () => {
    const space = { kind: "box", axes: [{ name: "J1", min: -90, max: 90 }] } as const;
    expect(() => createPlanner({ ...campaign, space } as CampaignSpec)).toThrow(
      expect.objectContaining({ code: "TL-8002" }),
    );
  });
});

test("a long request travels in parts of at most 2000 characters and arrives whole", () => {
  const curves = Array.from({ length: 60 }, (_, k) => ({ T: k + 1, H, m: H.map(() => 0) }));
  const parameters = requestParameters({ ...spec, curves });
  expect(Object.keys(parameters).length).toBeGreaterThan(1);
  for (const part of Object.values(parameters)) expect(String(part).length).toBeLessThan(2001);
  const text = requestText({ J1: 1, ...parameters });
  expect((JSON.parse(text ?? "") as { curves: unknown[] }).curves).toHaveLength(60);
});
