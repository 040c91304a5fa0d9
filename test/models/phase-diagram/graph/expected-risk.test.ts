import { expect, test } from "vitest";
import { expectedRiskDrop } from "../../../../src/models/phase-diagram/graph/expected-risk.ts";
import { createHarmonicField } from "../../../../src/models/phase-diagram/graph/harmonic-field.ts";
import { buildKernelGraph } from "../../../../src/models/phase-diagram/graph/kernel-graph.ts";

const sure = (label: number) => ({ shares: [{ label, share: 1 }], confidence: 1 });

test("the expected risk is what learning each possible label in truth leaves, weighed by its probability", () => {
  const count = 30;
  const points = Float64Array.from({ length: 2 * count }, (_, k) =>
    k % 2 === 0 ? (k / 2) % 6 : Math.floor(k / 12),
  );
  const graph = buildKernelGraph(points, 2, { bandwidth: 0.5, cut: 1.2 });
  const known = new Map([
    [0, sure(0)],
    [29, sure(1)],
    [5, sure(2)],
  ]);
  const field = createHarmonicField(graph);
  field.reset(known);
  const columns = field.columns().map((column) => column.slice());
  const riskOf = (all: readonly Float64Array[]): number => {
    let risk = 0;
    for (let i = 0; i < count; i++) risk += 1 - Math.max(...all.map((column) => column[i]!));
    return risk;
  };
  const shortlist = [3, 14, 20];
  const drop = expectedRiskDrop({ columns, count, shortlist, respond: field.respond });
  for (const candidate of shortlist) {
    let expected = 0;
    for (const [label, column] of columns.entries()) {
      const after = createHarmonicField(graph);
      after.reset(new Map([...known, [candidate, sure(label)]]));
      expected += column[candidate]! * riskOf(after.columns());
    }
    expect(drop[candidate]).toBeCloseTo(riskOf(columns) - expected, 8);
  }
  expect(drop[7]).toBe(0);
});
