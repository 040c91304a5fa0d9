import { expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { createPhaseDiagramPlanner } from "../../src/planning/phase-diagram/phase-diagram-planner.ts";

test("the fine example loads, and its planner looks at every fifth value first", () => {
  const file = new URL("../../config/phase-diagram-fine.example.yaml", import.meta.url).pathname;
  const [campaign] = campaignSpecs(loadConfiguration(file), "1");
  const planner = createPhaseDiagramPlanner(campaign!.spec);
  const { points, model } = planner.propose({
    n: 1,
    count: 6,
    pending: [],
    excluded: [],
    seed: "1",
  });
  expect(points).toHaveLength(6);
  for (const { parameters } of points) {
    for (const x of Object.values(parameters)) expect((Number(x) * 20) % 1).toBeCloseTo(0, 6);
  }
  expect(model.summary).toMatchObject({
    labelsMeasured: [],
    labelsTold: ["FCC_A1", "HCP_A3", "HCP_ZN"],
  });
});
