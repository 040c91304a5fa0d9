import { expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { createEffectiveModelPlanner } from "../../src/planning/effective-model-planner.ts";

test("the example configuration loads, and its planner proposes points of its grid", () => {
  const file = new URL("../../config/effective-model.example.yaml", import.meta.url).pathname;
  const [campaign] = campaignSpecs(loadConfiguration(file), "1");
  const planner = createEffectiveModelPlanner(campaign!.spec);
  const { points } = planner.propose({ n: 1, count: 2, pending: [], excluded: [], seed: "1" });
  expect(points).toHaveLength(2);
  expect(Object.keys(points[0]!.parameters)).toEqual(["temperature_K", "field_T"]);
});
