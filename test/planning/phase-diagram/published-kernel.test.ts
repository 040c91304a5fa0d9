import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Parameters } from "../../../src/domain/candidate.ts";
import { orderGrid } from "../../../src/planning/phase-diagram/map-grid.ts";
import type { PhaseMethodName } from "../../../src/planning/phase-diagram/phase-diagram-strategy.ts";
import { createMapModel } from "../../../src/planning/phase-diagram/phase-diagram-strategy.ts";

/**
 * 60 scattered alloys of five components, 14 of them measured. `label-spreading` by scikit-learn 1.9.1 (gamma 20, tolerance 1e-15);
 * `label-propagation` is the fixed point of its rule, solved with 80 digits by mpmath 1.3: the weights go down to 1e-28 of the
 * self-loops, so that scikit-learn's own iteration has not moved after two million rounds.
 */
const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, "scattered-alloys.json"), "utf8"),
) as {
  readonly fractions_percent: readonly (readonly number[])[];
  readonly measured: readonly { readonly row: number; readonly phase: string }[];
  readonly labels: readonly string[];
  readonly "label-propagation": readonly (readonly number[])[];
  readonly "label-spreading": readonly (readonly number[])[];
};

const ALLOYS = reference.fractions_percent.map(
  (row): Parameters => Object.fromEntries(row.map((x, k) => [`x_${"ABCDE"[k]}`, x / 100])),
);

function learnt(method: PhaseMethodName, withoutId?: number) {
  const grid = orderGrid(ALLOYS);
  const settings = { method, score: "least-confident", initial: 0 };
  const map = createMapModel({ settings, grid, seed: "1" });
  for (const [id, { row, phase }] of reference.measured.entries()) {
    if (id === withoutId) continue;
    const candidate = grid.candidateOf[row] ?? -1;
    map.observe({ id, candidate, phases: [phase], confidence: 1, known: false });
  }
  return { map, grid };
}

test.each(["label-propagation", "label-spreading"] as const)(
  "%s without options is the published rule on scattered alloys of five components",
  (method) => {
    const { map, grid } = learnt(method);
    const { labels, probabilities } = map.predict();
    let worst = 0;
    for (const [row, expected] of reference[method].entries()) {
      for (const [k, label] of reference.labels.entries()) {
        const found = probabilities[labels.indexOf(label)]![grid.candidateOf[row]!]!;
        worst = Math.max(worst, Math.abs(found - expected[k]!));
      }
    }
    expect(worst).toBeLessThan(1e-8);
  },
);

test("a map that forgets a result is the one that never learnt it, at weights of 1e-28", () => {
  const { map, grid } = learnt("label-propagation");
  const whole = map.predict().probabilities;
  const never = learnt("label-propagation", 3).map.predict();
  const { row, phase } = reference.measured[3]!;
  map.forget(3);
  const { labels, probabilities } = map.predict();
  const without = probabilities.map((column) => column[grid.candidateOf[row]!]!);
  expect(without.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
  for (const [k, name] of never.labels.entries()) {
    const column = probabilities[labels.indexOf(name)]!;
    for (const [i, p] of never.probabilities[k]!.entries()) expect(column[i]).toBeCloseTo(p, 9);
  }
  map.observe({
    id: 3,
    candidate: grid.candidateOf[row]!,
    phases: [phase],
    confidence: 1,
    known: false,
  });
  const again = map.predict();
  expect(again.certainty[grid.candidateOf[row]!]).toBe(1);
  expect(again.probabilities).toEqual(whole);
  for (const column of again.probabilities) expect(column.every((x) => x > -1e-12)).toBe(true);
});
