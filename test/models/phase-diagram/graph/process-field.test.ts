import { Matrix, solve } from "ml-matrix";
import { expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import type { NodeEvidence } from "../../../../src/models/phase-diagram/graph/label-field.ts";
import { createProcessField } from "../../../../src/models/phase-diagram/graph/process-field.ts";
import { orderGrid } from "../../../../src/planning/phase-diagram/map-grid.ts";
import { createMapModel } from "../../../../src/planning/phase-diagram/phase-diagram-strategy.ts";
import { alloyMap } from "../../../benchmarks/maps/alloy-map.ts";
import { triangleRows } from "../../../benchmarks/maps/power-map.ts";

const POINTS = Float64Array.from([0, 0, 1, 0.2, 2.5, 1, 0.3, 3, 4, 4.2, 5, 1, 3, 2.9]);
const sure = (label: number): NodeEvidence => ({ shares: [{ label, share: 1 }], confidence: 1 });
const EVIDENCE = new Map<number, NodeEvidence>([
  [0, sure(0)],
  [2, sure(1)],
  [4, { shares: [{ label: 2, share: 1 }], confidence: 0.7 }],
  [5, sure(1)],
]);

/** The posterior mean by the textbook's formula, clipped and scaled. */
function byFormula(evidence: ReadonlyMap<number, NodeEvidence>, at: number, labels = 3): number[] {
  const c = (i: number, j: number): number =>
    Math.exp(
      -Math.hypot(POINTS[2 * i]! - POINTS[2 * j]!, POINTS[2 * i + 1]! - POINTS[2 * j + 1]!) / 6,
    );
  const nodes = [...evidence.keys()];
  const covariance = new Matrix(
    nodes.map((i) =>
      nodes.map((j) => {
        const { confidence } = evidence.get(i)!;
        return c(i, j) + (i === j ? 1e-3 + (1 - confidence) / confidence : 0);
      }),
    ),
  );
  const means = Array.from({ length: labels }, (_, k) => {
    const y = nodes.map((i) => [
      (evidence.get(i)!.shares.some(({ label }) => label === k) ? 1 : 0) - 1 / labels,
    ]);
    const w = solve(covariance, new Matrix(y)).to1DArray();
    return Math.max(0, 1 / labels + nodes.reduce((sum, i, a) => sum + c(at, i) * w[a]!, 0));
  });
  const sum = means.reduce((total, x) => total + x, 0);
  return means.map((x) => x / sum);
}

test("probabilities are the textbook's posterior means of the labels' indicators; sure results hold exactly", () => {
  const field = createProcessField({ points: POINTS, dimension: 2 });
  field.reset(EVIDENCE);
  for (const i of [1, 3, 4, 6]) {
    const expected = byFormula(EVIDENCE, i);
    for (const [k, column] of field.columns().entries())
      expect(column[i]).toBeCloseTo(expected[k]!, 10);
  }
  expect(field.columns().map((column) => column[2])).toEqual([0, 1, 0]);
});

test("one result after the other is the same as all at once", () => {
  const [all, each] = [
    createProcessField({ points: POINTS, dimension: 2 }),
    createProcessField({ points: POINTS, dimension: 2 }),
  ];
  all.reset(EVIDENCE);
  for (const [node, item] of EVIDENCE) {
    each.place(node, item);
    each.columns();
  }
  expect(each.columns()).toEqual(all.columns());
});

test("what a result is expected to be without itself is the map that never had it", () => {
  const field = createProcessField({ points: POINTS, dimension: 2 });
  field.reset(EVIDENCE);
  const others = new Map([...EVIDENCE].filter(([node]) => node !== 5));
  expect([...field.leaveOut(5)!].map((x) => Number(x.toFixed(9)))).toEqual(
    byFormula(others, 5).map((x) => Number(x.toFixed(9))),
  );
});

test("a candidate's answer to a result elsewhere is the change of the posterior mean", () => {
  const field = createProcessField({ points: POINTS, dimension: 2 });
  field.reset(
    new Map([
      [0, sure(0)],
      [2, sure(1)],
    ]),
  );
  const response = field.respond(4)!;
  expect(response[4]).toBeCloseTo(1, 9);
  expect(response[0]).toBeLessThan(2e-3);
  expect(response[6]).toBeGreaterThan(response[1]!);
});

test("the process maps, a lattice of more than 20 000 candidates the graph, and what is named holds", () => {
  const alloys = alloyMap(11, { table: "free", law: "gibbs" }).rows.map((row) => row.parameters);
  const section = triangleRows(12).map(({ a, b, c }) => ({ A: a, B: b, C: c }));
  const box = Array.from({ length: 30 }, (_, i) => ({ p: i % 6, q: Math.floor(i / 6) }));
  const methodOf = (rows: Parameters<typeof orderGrid>[0], settings = {}): string =>
    createMapModel({ settings, grid: orderGrid(rows), seed: "1" }).hyperparameters().method;
  expect(methodOf(alloys)).toBe("gaussian-process");
  expect(methodOf(section)).toBe("gaussian-process");
  expect(methodOf(box)).toBe("gaussian-process");
  const large = Array.from({ length: 20_002 }, (_, i) => ({ p: i % 137, q: Math.floor(i / 137) }));
  expect(methodOf(large)).toBe("harmonic");
  expect(methodOf(alloys, { method: "harmonic" })).toBe("harmonic");
  expect(methodOf(alloys, { gamma: 5 })).toBe("harmonic");
  expect(methodOf(section, { method: "gaussian-process" })).toBe("gaussian-process");
});

test("on a lattice the graph takes over once results times candidates are many, and the record says so; back with a result withdrawn", () => {
  const grid = orderGrid(
    Array.from({ length: 10_000 }, (_, i) => ({ p: i % 100, q: Math.floor(i / 100) })),
  );
  const map = createMapModel({ settings: {}, grid, seed: "1" });
  const methodAfter = (id: number): string => {
    map.observe({
      ...{ id, candidate: (id * 37) % 10_000, confidence: 1, known: false },
      phases: [id % 2 === 0 ? "A" : "B"],
    });
    return map.hyperparameters().method;
  };
  for (let id = 1; id < 250; id++) methodAfter(id);
  expect(methodAfter(250)).toBe("gaussian-process");
  expect(methodAfter(251)).toBe("harmonic");
  const { label, labels } = map.predict();
  expect(labels[label[(251 * 37) % 10_000]!]).toBe("B");
  map.forget(251);
  expect(map.hyperparameters().method).toBe("gaussian-process");
});

test("scattered candidates keep the process for twice as many results, not for ever: a large table of results must not fill the memory", () => {
  const prng = createPrng("scattered");
  const rows = Array.from({ length: 4000 }, () => ({
    p: prng.next(),
    q: prng.next(),
    r: prng.next(),
  }));
  const map = createMapModel({ settings: {}, grid: orderGrid(rows), seed: "1" });
  let learnt = 1;
  const methodAt = (results: number): string => {
    for (; learnt <= results; learnt++)
      map.observe({
        ...{ id: learnt, candidate: learnt, confidence: 1, known: false },
        phases: [learnt % 2 === 0 ? "A" : "B"],
      });
    return map.hyperparameters().method;
  };
  expect(methodAt(1250)).toBe("gaussian-process");
  expect(methodAt(1251)).toBe("harmonic");
});
