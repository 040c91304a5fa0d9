import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createGraphMap } from "../../../src/models/phase-diagram/graph/graph-map.ts";
import { leastConfidentFirst } from "../../../src/models/phase-diagram/graph/scores/usual.ts";
import { orderGrid } from "../../../src/planning/phase-diagram/map-grid.ts";

/** Converged probabilities of scikit-learn 1.9.1 (gamma 20, tolerance 1e-14) on a 91-point section, eight labels given. */
const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, "scikit-learn-1.9.1.json"), "utf8"),
) as {
  readonly divisions: number;
  readonly measured: readonly { readonly row: number; readonly phases: readonly string[] }[];
  readonly labels: readonly string[];
  readonly "label-propagation": readonly (readonly number[])[];
  readonly "label-spreading": readonly (readonly number[])[];
};

function rowsOf(divisions: number): Record<string, number>[] {
  const rows: Record<string, number>[] = [];
  for (let i = divisions; i >= 0; i--) {
    for (let j = divisions - i; j >= 0; j--) {
      rows.push({ A: i / divisions, B: j / divisions, C: (divisions - i - j) / divisions });
    }
  }
  return rows;
}

test.each([
  ["label-propagation", "harmonic"],
  ["label-spreading", "spreading"],
] as const)("%s agrees with scikit-learn where that has converged", (method, field) => {
  const grid = orderGrid(rowsOf(reference.divisions), ["A", "B", "C"]);
  const map = createGraphMap(grid, {
    field,
    score: leastConfidentFirst,
    diversity: "none",
    initial: 0,
    gamma: 20,
    usesPhaseRule: false,
    usesMidpoints: false,
  });
  for (const [id, { row, phases }] of reference.measured.entries()) {
    const candidate = grid.candidateOf[row] ?? -1;
    map.observe({ id, candidate, phases, confidence: 1, known: false });
  }
  const { labels, probabilities } = map.predict();
  let worst = 0;
  for (const [row, expected] of reference[method].entries()) {
    for (const [k, label] of reference.labels.entries()) {
      const found = probabilities[labels.indexOf(label)]?.[grid.candidateOf[row] ?? -1] ?? 0;
      worst = Math.max(worst, Math.abs(found - (expected[k] ?? 0)));
    }
  }
  expect(worst).toBeLessThan(1e-6);
});
