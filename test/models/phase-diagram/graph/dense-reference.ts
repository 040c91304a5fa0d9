import { Matrix, solve } from "ml-matrix";
import type { KernelGraph } from "../../../../src/models/phase-diagram/graph/kernel-graph.ts";
import type { NodeEvidence } from "../../../../src/models/phase-diagram/graph/label-field.ts";

/** The harmonic function by a dense solve: the oracle for the sparse, incremental one. */
export function denseHarmonic(
  graph: KernelGraph,
  evidence: ReadonlyMap<number, NodeEvidence>,
  labels: number,
): number[][] {
  const w = denseWeights(graph);
  const n = w.length;
  const a = Matrix.zeros(n, n);
  const b = Matrix.zeros(n, labels);
  for (let i = 0; i < n; i++) {
    const item = evidence.get(i);
    if (item !== undefined && item.confidence >= 1) {
      a.set(i, i, 1);
      for (const { label, share } of item.shares) b.set(i, label, share);
      continue;
    }
    const degree = w[i]!.reduce((sum, x) => sum + x, 0);
    const strength = item === undefined ? 0 : (degree * item.confidence) / (1 - item.confidence);
    for (let j = 0; j < n; j++) a.set(i, j, i === j ? degree + strength : -w[i]![j]!);
    for (const { label, share } of item?.shares ?? []) b.set(i, label, strength * share);
  }
  return solve(a, b).to2DArray();
}

/** Label spreading by a dense solve, rows scaled to sum 1. */
export function denseSpreading(
  graph: KernelGraph,
  evidence: ReadonlyMap<number, NodeEvidence>,
  labels: number,
  alpha: number,
): number[][] {
  const w = denseWeights(graph);
  const n = w.length;
  const degree = w.map((row) => row.reduce((sum, x) => sum + x, 0));
  const a = Matrix.eye(n);
  const b = Matrix.zeros(n, labels);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      a.set(i, j, a.get(i, j) - (alpha * w[i]![j]!) / Math.sqrt(degree[i]! * degree[j]!));
    }
    const item = evidence.get(i);
    for (const { label, share } of item?.shares ?? [])
      b.set(i, label, share * (item?.confidence ?? 0));
  }
  return solve(a, b)
    .to2DArray()
    .map((row) => {
      const sum = row.reduce((total, x) => total + x, 0);
      return row.map((x) => x / sum);
    });
}

function denseWeights(graph: KernelGraph): number[][] {
  const { count, start, column, value } = graph.weights;
  const w = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < count; i++) {
    for (let e = start[i]!; e < start[i + 1]!; e++) w[i]![column[e]!] = value[e]!;
  }
  return w;
}
