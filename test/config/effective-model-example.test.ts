import { expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { createEffectiveModelPlanner } from "../../src/planning/effective-model/effective-model-planner.ts";

test("the example configuration loads, and its planner proposes points of its grid", () => {
  const file = new URL("../../config/effective-model.example.yaml", import.meta.url).pathname;
  const [campaign] = campaignSpecs(loadConfiguration(file), "1");
  const planner = createEffectiveModelPlanner(campaign!.spec);
  const { points } = planner.propose({ n: 1, count: 2, pending: [], excluded: [], seed: "1" });
  expect(points).toHaveLength(2);
  expect(Object.keys(points[0]!.parameters)).toEqual(["temperature_K", "field_T"]);
});

test("the example with runners loads: space and recipe follow from the model", () => {
  const file = new URL("../../config/effective-model-runners.example.yaml", import.meta.url)
    .pathname;
  const loaded = loadConfiguration(file);
  expect(loaded.configuration.runners).toMatchObject([
    { kind: "effective-model" },
    { kind: "effective-model" },
  ]);
  const [campaign] = campaignSpecs(loaded, "1");
  const { space, recipe } = campaign!.spec;
  expect(space.kind === "box" && space.axes.map((axis) => axis.name)).toEqual(["J1", "J2", "J3"]);
  expect(recipe.steps[0]?.capability).toBe("spin-forward");
  const planner = createEffectiveModelPlanner(campaign!.spec);
  const { points } = planner.propose({ n: 1, count: 8, pending: [], excluded: [], seed: "1" });
  expect(points).toHaveLength(8);
});
