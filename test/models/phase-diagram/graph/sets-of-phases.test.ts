import { expect, test } from "vitest";
import { createEvidenceBook } from "../../../../src/models/phase-diagram/graph/label-shares.ts";
import type { PhaseEvidence } from "../../../../src/models/phase-diagram/map-model.ts";
import {
  createPhaseMap,
  type MeasuredPhases,
} from "../../../../src/models/phase-diagram/phase-map.ts";

const STEPS = 10;
const values = Array.from({ length: STEPS + 1 }, (_, i) =>
  Array.from({ length: STEPS + 1 - i }, (_, j) => [i, j, STEPS - i - j].map((x) => x / STEPS)),
).flat(2);
const places = { axes: ["A", "B", "C"], components: ["A", "B", "C"], values };
const CERTAIN: readonly MeasuredPhases[] = [
  { row: 0, phases: ["alpha"] },
  { row: 10, phases: ["beta"] },
  { row: 65, phases: ["gamma"] },
  { row: 30, phases: ["alpha", "beta"] },
];

function mapOf(results: readonly MeasuredPhases[]) {
  const map = createPhaseMap(places, { coexistence: "off" });
  const ids = results.map((result) => map.learn(result));
  return { map, ids };
}

function chanceOf(map: ReturnType<typeof createPhaseMap>, row: number, name: string): number {
  const { labels, probabilities } = map.predict();
  return probabilities[labels.indexOf(name)]?.[row] ?? 0;
}

function evidence(id: number, more: Partial<PhaseEvidence>): PhaseEvidence {
  return { id, candidate: 0, phases: ["alpha"], confidence: 1, known: false, ...more };
}

const beta = { phases: ["beta"], probability: 0.3 };

test("a certain result gives the same map to the bit, whatever else is told beside it", () => {
  const plain = mapOf(CERTAIN).map;
  const told = mapOf(CERTAIN.map((one) => ({ ...one, alternatives: [beta] }))).map;
  expect(told.predict()).toEqual(plain.predict());
  expect(told.propose(4)).toEqual(plain.propose(4));
  const unsure = { row: 20, phases: ["alpha"], confidence: 0.7 };
  const silent = mapOf([...CERTAIN, unsure]).map;
  const rare = { phases: ["beta"], probability: 0.02 };
  const nothing = mapOf([...CERTAIN, { ...unsure, alternatives: [rare] }]).map;
  expect(nothing.predict()).toEqual(silent.predict());
});

test("a doubtful result gives the sets that it allows their part, and holds no more strongly", () => {
  const book = createEvidenceBook();
  book.add(0, evidence(1, { confidence: 0.6, alternatives: [beta] }));
  const { shares, confidence } = book.at(0)!;
  expect(confidence).toBeCloseTo(0.6, 12);
  expect(shares.map(({ label }) => book.labels[label])).toEqual(["alpha", "beta"]);
  expect(shares[0]!.share).toBeCloseTo(2 / 3, 12);
  expect(shares[1]!.share).toBeCloseTo(1 / 3, 12);
  expect(book.counts).toEqual([1, 0]);
});

test("repeats are weighed as before, each divided among its own sets; shares sum to 1", () => {
  const book = createEvidenceBook();
  book.add(0, evidence(1, { confidence: 0.6, alternatives: [beta] }));
  book.add(0, evidence(2, { confidence: 0.9 }));
  book.add(0, evidence(3, { phases: ["beta"], confidence: 0.6, alternatives: [] }));
  const { shares } = book.at(0)!;
  expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(shares.find(({ label }) => book.labels[label] === "alpha")!.share).toBeGreaterThan(0.6);
});

test("around a doubtful sample the map leans to the other set, and forgets it with the result", () => {
  const doubtful = { row: 5, phases: ["alpha"], confidence: 0.6 };
  const one = mapOf([...CERTAIN, doubtful]).map;
  const { map, ids } = mapOf([...CERTAIN, { ...doubtful, alternatives: [beta] }]);
  expect(chanceOf(map, 5, "beta")).toBeGreaterThan(chanceOf(one, 5, "beta") + 0.05);
  map.forget(ids.at(-1)!);
  expect(map.predict()).toEqual(mapOf(CERTAIN).map.predict());
});
