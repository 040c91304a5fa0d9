import { expect, test } from "vitest";
import type { Observation } from "../../src/domain/observation.ts";
import type { ExportDocument } from "../../src/views/export-document.ts";
import { lessonTexts } from "../../src/views/lessons.ts";

function document(
  campaign: object,
  results: readonly Observation[][],
  summaries: readonly Record<string, unknown>[] = [],
): ExportDocument {
  return {
    campaign,
    observations: results.map((result, position) => ({
      position,
      result,
      withdrawn: position === 9,
    })),
    proposals: summaries.map((summary, observations) => ({ model: { observations, summary } })),
    jobs: [],
    decisions: [],
  } as unknown as ExportDocument;
}

test("new phases, new sets of phases, and the share of the map that changed", () => {
  const phases = [["fcc"], ["hcp"], ["fcc", "hcp"], ["fcc", "hcp"], ["fcc"]];
  const results = phases.map((names): Observation[] => [{ kind: "phases", phases: names }]);
  const told = lessonTexts(document({ goal: "phase-diagram" }, results), [
    { position: 0, changed: 1, said: "same" },
    { position: 3, changed: 0.0004, said: "same" },
    { position: 4, changed: 0, said: "same" },
  ]);
  expect([...told.values()]).toEqual([
    "first fcc; changed 100 % of the map",
    "first hcp",
    "new set of phases",
    "changed < 0.1 % of the map",
    "confirmed the map",
  ]);
});

const objective = (name: string, value: number): Observation => ({
  kind: "objective",
  name,
  value,
  unit: "1",
});

test("a better value than any before, in the objective's direction", () => {
  const model = { objectives: [{ name: "y", direction: "min" }] };
  const results = [3, 5, 2].map((value) => [objective("y", value)]);
  const told = lessonTexts(document({ goal: "optimise", model }, results), []);
  expect([...told.values()]).toEqual(["first result", "no better value", "best y so far"]);
});

test("of several objectives what joins the front, and what an earlier result betters", () => {
  const model = {
    objectives: [
      { name: "y", direction: "max" },
      { name: "z", direction: "max" },
    ],
  };
  const points = [
    [1, 5],
    [5, 1],
    [3, 3],
    [2, 2],
  ] as const;
  const results = points.map(([y, z]) => [objective("y", y), objective("z", z)]);
  const told = lessonTexts(document({ goal: "optimise", model }, results), []);
  expect([...told.values()]).toEqual([
    "first result",
    "best y so far",
    "joins the front",
    "bettered by an earlier result",
  ]);
});

test("the target of an effective model with its error after each result", () => {
  const results = [1, 2].map((): Observation[] => [{ kind: "failure", reason: "lost" }]);
  const summaries = [1, 0.5, 0.1].map((error) => ({ quantity: "gap", value: 2, error }));
  const told = lessonTexts(document({ goal: "effective-model" }, results, summaries), []);
  expect([...told.values()]).toEqual(["gap now 2 ± 0.5", "gap now 2 ± 0.1"]);
});

test("a result that changed no label says why: only one that agrees confirms the map", () => {
  const results = [0, 1, 2, 3].map((): Observation[] => [{ kind: "failure", reason: "lost" }]);
  const said = ["nothing", "known", "same", "other"] as const;
  const told = lessonTexts(
    document({ goal: "phase-diagram" }, results),
    said.map((word, position) => ({ position, changed: 0, said: word })),
  );
  expect([...told.values()]).toEqual([
    "taught nothing",
    "was certain already",
    "confirmed the map",
    "contradicts the map, which stays",
  ]);
});
