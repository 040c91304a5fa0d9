import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { createHarmonicField } from "../../../../src/models/phase-diagram/graph/harmonic-field.ts";
import {
  buildCompleteGraph,
  buildKernelGraph,
  type KernelGraph,
} from "../../../../src/models/phase-diagram/graph/kernel-graph.ts";
import type {
  LabelField,
  NodeEvidence,
} from "../../../../src/models/phase-diagram/graph/label-field.ts";
import {
  createSpreadingField,
  SPREADING_ALPHA,
} from "../../../../src/models/phase-diagram/graph/spreading-field.ts";
import { denseHarmonic, denseSpreading } from "./dense-reference.ts";

/** A triangular grid with `side` points along each edge, unit spacing. */
function triangle(side: number): KernelGraph {
  const points: number[] = [];
  for (let row = 0; row < side; row++) {
    for (let k = 0; k < side - row; k++) points.push(k + row / 2, (row * Math.sqrt(3)) / 2);
  }
  return buildKernelGraph(Float64Array.from(points), 2, { bandwidth: 0.6, cut: 2.05 });
}

const sure = (label: number): NodeEvidence => ({ shares: [{ label, share: 1 }], confidence: 1 });
const doubtful = (label: number): NodeEvidence => ({
  shares: [
    { label, share: 0.8 },
    { label: (label + 1) % 4, share: 0.2 },
  ],
  confidence: 0.7,
});

function largestDifference(field: LabelField, reference: number[][]): number {
  let worst = 0;
  for (const [k, column] of field.columns().entries()) {
    for (const [i, row] of reference.entries()) {
      worst = Math.max(worst, Math.abs(column[i]! - row[k]!));
    }
  }
  return worst;
}

function randomEvidence(count: number, nodes: number, seed: string): Map<number, NodeEvidence> {
  const prng = createPrng(seed);
  const evidence = new Map<number, NodeEvidence>();
  while (evidence.size < count) {
    const label = evidence.size < 4 ? evidence.size : prng.integer(4);
    evidence.set(prng.integer(nodes), prng.next() < 0.25 ? doubtful(label) : sure(label));
  }
  return evidence;
}

describe("the harmonic field", () => {
  test("agrees with a dense solve to 1e-8, at once and one result after the other", () => {
    const graph = triangle(22);
    const evidence = randomEvidence(40, graph.weights.count, "a");
    const reference = denseHarmonic(graph, evidence, 4);
    const cold = createHarmonicField(graph);
    cold.reset(evidence);
    const step = createHarmonicField(graph);
    for (const [node, item] of evidence) step.place(node, item);
    expect(largestDifference(cold, reference)).toBeLessThan(1e-8);
    expect(largestDifference(step, reference)).toBeLessThan(1e-8);
  });

  test("stays harmonic on a grid in space that is too large for a factor, with unlike steps", () => {
    const points: number[] = [];
    for (let i = 0; i < 9000; i++) points.push(i % 30, Math.floor(i / 30) % 20, i / 600);
    const graph = buildKernelGraph(
      Float64Array.from(points, (x) => Math.floor(x)),
      3,
      { bandwidth: 0.5, cut: 1.45, stretch: [1, 1, 0.3] },
    );
    const evidence = randomEvidence(30, 9000, "space");
    const field = createHarmonicField(graph);
    field.reset(new Map([...evidence].slice(0, 20)));
    for (const [node, item] of [...evidence].slice(20)) field.place(node, item);
    const { start, column, value } = graph.weights;
    for (const f of field.columns()) {
      for (let i = 0; i < 9000; i++) {
        if (evidence.has(i)) continue;
        let pull = 0;
        for (let e = start[i]!; e < start[i + 1]!; e++) pull += value[e]! * f[column[e]!]!;
        expect(Math.abs(f[i]! - pull / graph.degree[i]!)).toBeLessThan(1e-8);
      }
    }
  });

  test("says what a result would be expected to be without itself", () => {
    const graph = triangle(12);
    const evidence = randomEvidence(15, graph.weights.count, "b");
    const field = createHarmonicField(graph);
    for (const [node, item] of evidence) field.place(node, item);
    for (const node of evidence.keys()) {
      const rest = new Map([...evidence].filter(([other]) => other !== node));
      const expected = denseHarmonic(graph, rest, 4)[node]!;
      const found = field.leaveOut(node)!;
      for (const [k, p] of expected.entries()) expect(found[k]!).toBeCloseTo(p, 7);
    }
  });

  test("leaves a separate island at zero until a label reaches it", () => {
    const points = Float64Array.from([
      0, 0, 1, 0, 2, 0, 50, 0, 51, 0, 52, 0, 53, 0, 54, 0, 55, 0, 3, 0, 4, 0,
    ]);
    const graph = buildKernelGraph(points, 2, { bandwidth: 0.6, cut: 1.5 });
    const field = createHarmonicField(graph);
    field.place(0, sure(0));
    expect([...field.columns()[0]!].map(Math.round)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(field.leaveOut(0)).toBeUndefined();
    field.place(4, sure(1));
    expect([...field.columns()[1]!].map(Math.round)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0]);
  });
});

describe("the harmonic field with every pair joined", () => {
  // Three clouds, and one point that is farther from them than any weight reaches.
  const prng = createPrng("clouds");
  const cloud = (x: number): number[] =>
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? x : 0) + prng.next());
  const POINTS = Float64Array.from([...cloud(0), ...cloud(2), ...cloud(4), 40, 0]);
  const LONE = 15;
  const graph = buildCompleteGraph(POINTS, 2, 10);
  const near = randomEvidence(7, LONE, "clouds");

  test("says what a result would be expected to be without itself, at weights down to 1e-70", () => {
    expect(Math.min(...graph.weights.value)).toBeLessThan(1e-70);
    const field = createHarmonicField(graph);
    for (const [node, item] of near) field.place(node, item);
    for (const node of near.keys()) {
      const rest = createHarmonicField(graph);
      rest.reset(new Map([...near].filter(([other]) => other !== node)));
      const found = field.leaveOut(node)!;
      for (const [k, p] of found.entries()) expect(p).toBeCloseTo(rest.columns()[k]![node]!, 6);
    }
  });

  test("a point that no weight reaches has its own label only, and no other point has it", () => {
    for (const item of [sure(4), { ...sure(4), confidence: 0.8 }]) {
      const field = createHarmonicField(graph);
      for (const [node, one] of near) field.place(node, one);
      const before = field.columns().map((column) => column.slice(0, LONE));
      expect(field.columns().map((column) => column[LONE])).toEqual([0, 0, 0, 0]);
      expect(field.respond(LONE)).toBeUndefined();
      field.place(LONE, item);
      const [a, b, c, d, own] = field.columns();
      expect([...own!].map((x) => Number(x.toFixed(12)))).toEqual([...Array(LONE).fill(0), 1]);
      for (const [k, column] of [a!, b!, c!, d!].entries())
        for (let i = 0; i < LONE; i++) expect(column[i]).toBeCloseTo(before[k]![i]!, 12);
    }
  });
});

describe("the spreading field", () => {
  test("agrees with a dense solve to 1e-8, also where values are tiny", () => {
    const graph = triangle(22);
    const evidence = randomEvidence(12, graph.weights.count, "c");
    const reference = denseSpreading(graph, evidence, 4, SPREADING_ALPHA);
    const field = createSpreadingField(graph);
    for (const [node, item] of evidence) field.place(node, item);
    expect(largestDifference(field, reference)).toBeLessThan(1e-8);
  });
});
