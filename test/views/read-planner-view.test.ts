import { expect, test } from "vitest";
import { readPlannerView } from "../../src/views/read-planner-view.ts";
import { mapViewOf, optimiseViewOf } from "../support/planner-views.ts";

test("a view of a known kind passes as it is", () => {
  const map = mapViewOf({ labels: ["a"], label: [0, -1] });
  expect(readPlannerView(JSON.parse(JSON.stringify(map)))).toEqual(map);
});

test("NaN survives JSON: null among the numbers of an optimisation is one", () => {
  const convergence = { quantity: "y", evaluations: [1, 2], values: [Number.NaN, 3] };
  const view = optimiseViewOf({ convergence });
  expect(readPlannerView(JSON.parse(JSON.stringify(view)))).toEqual(view);
});

test.each([
  ["of another kind", { kind: "phase-diagram-2", labels: [] }],
  ["without its lists", { kind: "optimise", quantities: [] }],
  ["without a kind", { labels: [] }],
  ["that is none", null],
])("a view %s is refused, with what to do", (_, value) => {
  expect(() => readPlannerView(value)).toThrow(/load the page again/);
});
