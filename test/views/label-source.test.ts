import { expect, test } from "vitest";
import type { ObservationView } from "../../src/views/campaign-view.ts";
import { labelSourceOf } from "../../src/views/label-source.ts";
import { readPhaseDiagramView } from "../../src/views/planner-views.ts";
import { mapViewOf } from "../support/planner-views.ts";

const observations: readonly ObservationView[] = [
  {
    ...{ n: 3, position: 57, candidateId: "c1", jobId: "j1", instrumentId: "xrd", time_ms: 0 },
    ...{ parameters: { x: 0.5, T: 600 }, actual: { x: 0.4 }, simulated: true },
    results: [{ kind: "phases", phases: ["liquid", "fcc"] }],
  },
];
const view = readPhaseDiagramView(
  mapViewOf({
    ...{ labels: ["fcc+liquid"], label: [0, 0, 0, 0] },
    derived: { 1: 57, 2: 57.25, 3: -1 },
    status: { findings: ["a reaction"] },
  }),
);
const source = (row: number) =>
  labelSourceOf({ view, observations, plane: { kind: "axes", x: "x", y: "T" } }, row);

test("a label that nobody measured names the result it follows from, and where that was measured", () => {
  const expected = {
    text: "not measured: follows from result 3, fcc+liquid at x 0.4, T 600",
    place: [0.4, 600],
  };
  expect(source(1)).toEqual(expected);
  expect(source(2)).toEqual(expected); // a second look at the same sample
});

test("a label that was measured or is only likely has no source; a point known beforehand no place", () => {
  expect(source(0)).toBeUndefined();
  expect(source(3)).toEqual({ text: "not measured: follows from a point known beforehand" });
});

test("findings are read from the view's status", () => {
  expect(view?.findings).toEqual(["a reaction"]);
});
