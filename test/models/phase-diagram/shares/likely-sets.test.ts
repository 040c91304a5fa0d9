import { expect, test } from "vitest";
import type { PhaseEvidence } from "../../../../src/models/phase-diagram/map-model.ts";
import { likelySets } from "../../../../src/models/phase-diagram/shares/likely-sets.ts";

const sample: PhaseEvidence = {
  ...{ id: 1, candidate: 0, known: false },
  phases: ["alpha", "beta", "gamma"],
  confidence: 0.99999,
  // One phase less of those that are there and another instead: the pattern gives it next to nothing.
  alternatives: [{ phases: ["alpha", "beta", "delta"], probability: 0.00001 }],
};

const chances = (of: Readonly<Record<string, number>>) =>
  new Map(Object.entries(of).map(([phase, p]) => [phase, { present: p, expected: p }]));

test("where more phases are expected than can coexist a sample keeps its pattern's set, not its last alternative", () => {
  const four = chances({ alpha: 1, beta: 1, gamma: 1, epsilon: 0.95 });
  const { phases, confidence } = likelySets(sample, four, 3);
  expect(phases).toEqual(["alpha", "beta", "gamma"]);
  expect(confidence).toBeGreaterThan(0.9);
});

test("where none of its phases is expected a sample keeps its pattern's set", () => {
  const none = chances({ alpha: 0.05, beta: 0.05, gamma: 0.05, delta: 0.05 });
  expect(likelySets(sample, none, 3).phases).toEqual(["alpha", "beta", "gamma"]);
});

test("where they can coexist the expected phase joins", () => {
  const four = chances({ alpha: 1, beta: 1, gamma: 1, epsilon: 0.95 });
  expect(likelySets(sample, four, 4).phases).toEqual(["alpha", "beta", "epsilon", "gamma"]);
});
