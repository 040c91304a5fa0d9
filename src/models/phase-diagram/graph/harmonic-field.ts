import { assert } from "../../../core/assert.ts";
import { connectedComponents } from "../../../numeric/sparse-matrix.ts";
import { createGreenOperator, type GreenOperator } from "./green-operator.ts";
import type { KernelGraph } from "./kernel-graph.ts";
import type { LabelField, NodeEvidence } from "./label-field.ts";

/** After so many added labels a fresh factor is cheaper than the columns kept beside the old one. */
const ADDED_max = 600;

/**
 * Label propagation at its exact fixed point, the harmonic function of the graph (X. Zhu, Z. Ghahramani, J. Lafferty, ICML
 * 2003): F is the average of its neighbours on free nodes and fixed on labelled ones,
 * (D - W + diag(lambda)) F = W_l Y_l + lambda Y. Evidence of confidence c < 1 is an absorber of strength
 * lambda_i = D_i c / (1 - c): with probability c the label decides, otherwise the neighbours. A new label k costs one
 * solve and O(N K): F_i += r_i (y - F_k).
 */
export function createHarmonicField(graph: KernelGraph): LabelField {
  const n = graph.weights.count;
  const component = connectedComponents(graph.weights);
  const evidence = new Map<number, NodeEvidence>();
  let columns: Float64Array[] = [];
  let operator: GreenOperator | undefined;
  let reached = new Set<number>();

  const rebuild = (): void => {
    reached = new Set([...evidence.keys()].map((node) => component[node]!));
    operator = undefined;
    const absorbers = absorbersOf(graph, evidence, component, reached);
    const labels = labelCount(evidence);
    if (labels === 0) {
      columns = [];
      return;
    }
    operator = createGreenOperator(graph, absorbers);
    columns = solveColumns(graph, evidence, operator, absorbers.strength, labels);
  };

  const grow = (labels: number): void => {
    while (columns.length < labels) columns.push(new Float64Array(n));
  };

  return {
    columns: () => columns,
    reset: (all) => {
      evidence.clear();
      for (const [node, item] of all) evidence.set(node, item);
      rebuild();
    },
    place: (node, item) => {
      assert(!evidence.has(node), "a node's evidence was placed twice");
      evidence.set(node, item);
      if (operator === undefined || !reached.has(component[node]!) || operator.added >= ADDED_max) {
        rebuild();
        return;
      }
      grow(labelCount(new Map([[node, item]])));
      const response = operator.absorb(node, strengthOf(graph, node, item));
      for (const [k, column] of columns.entries()) {
        const change = shareOf(item, k) - column[node]!;
        if (change !== 0) for (let i = 0; i < n; i++) column[i]! += response[i]! * change;
      }
      if (item.confidence >= 1) pin(columns, node, item);
    },
    respond: (node) => {
      if (operator === undefined || !reached.has(component[node]!)) return undefined;
      const unit = new Float64Array(n);
      unit[node] = 1;
      const c = operator.solve(unit);
      const self = c[node]!;
      return c.map((x) => x / self);
    },
    leaveOut: (node) =>
      operator === undefined ? undefined : leaveOut(graph, operator, columns, node, evidence),
  };
}

/** A clamped node holds its label exactly, whatever rounding did. */
function pin(columns: readonly Float64Array[], node: number, item: NodeEvidence): void {
  for (const column of columns) column[node] = 0;
  for (const { label, share } of item.shares) columns[label]![node] = share;
}

function strengthOf(graph: KernelGraph, node: number, item: NodeEvidence): number {
  if (item.confidence >= 1) return Number.POSITIVE_INFINITY;
  return (Math.max(graph.degree[node]!, 1e-12) * item.confidence) / (1 - item.confidence);
}

function labelCount(evidence: ReadonlyMap<number, NodeEvidence>): number {
  let labels = 0;
  for (const item of evidence.values()) {
    for (const { label } of item.shares) labels = Math.max(labels, label + 1);
  }
  return labels;
}

function absorbersOf(
  graph: KernelGraph,
  evidence: ReadonlyMap<number, NodeEvidence>,
  component: Int32Array,
  reached: ReadonlySet<number>,
): { strength: Float64Array; frozen: Uint8Array } {
  const strength = new Float64Array(graph.weights.count);
  for (const [node, item] of evidence) strength[node] = strengthOf(graph, node, item);
  const frozen = new Uint8Array(component.length);
  for (let i = 0; i < component.length; i++) frozen[i] = reached.has(component[i]!) ? 0 : 1;
  return { strength, frozen };
}

/** One solve a label; the last label of a map with hard labels only would follow from the others, but costs little. */
function solveColumns(
  graph: KernelGraph,
  evidence: ReadonlyMap<number, NodeEvidence>,
  operator: GreenOperator,
  strength: Float64Array,
  labels: number,
): Float64Array[] {
  const { start, column, value, count } = graph.weights;
  const sides = Array.from({ length: labels }, () => new Float64Array(count));
  for (const [node, item] of evidence) {
    const isClamped = strength[node] === Number.POSITIVE_INFINITY;
    for (const { label, share } of item.shares) {
      const side = sides[label]!;
      if (!isClamped) {
        side[node]! += strength[node]! * share;
        continue;
      }
      side[node] = share;
      for (let e = start[node]!; e < start[node + 1]!; e++) {
        const j = column[e]!;
        if (strength[j] !== Number.POSITIVE_INFINITY) side[j]! += value[e]! * share;
      }
    }
  }
  return operator.solveAll(sides);
}

/**
 * F at k without the evidence there. Soft evidence of strength l is a rank-one change to take back:
 * f_k + C_kk l / (1 - l C_kk) (f_k - y). For a clamped node let h be the response of the free nodes to the value at k: the mean
 * over the neighbours is sum_j w_kj (R_j + h_j f_k), so f_k = sum_j w_kj R_j / (D_k - sum_j w_kj h_j).
 */
function leaveOut(
  graph: KernelGraph,
  operator: GreenOperator,
  columns: readonly Float64Array[],
  node: number,
  evidence: ReadonlyMap<number, NodeEvidence>,
): Float64Array | undefined {
  const own = evidence.get(node);
  if (own === undefined) return undefined;
  const { start, column, value, count } = graph.weights;
  const side = new Float64Array(count);
  if (own.confidence < 1) {
    side[node] = 1;
    const strength = strengthOf(graph, node, own);
    const self = operator.solve(side)[node]! * strength;
    if (1 - self < 1e-9) return undefined;
    const pull = self / (1 - self);
    return normalised(
      columns.map((field, k) => field[node]! + pull * (field[node]! - shareOf(own, k))),
    );
  }
  const isClamped = (j: number): boolean => (evidence.get(j)?.confidence ?? 0) >= 1;
  for (let e = start[node]!; e < start[node + 1]!; e++) {
    const j = column[e]!;
    if (!isClamped(j)) side[j] = value[e]!;
  }
  const response = operator.solve(side);
  let self = 0;
  for (let e = start[node]!; e < start[node + 1]!; e++) {
    const j = column[e]!;
    if (!isClamped(j)) self += value[e]! * response[j]!;
  }
  const free = graph.degree[node]! - self;
  if (free < 1e-9 * graph.degree[node]!) return undefined;
  return normalised(
    columns.map((field) => {
      let sum = -self * field[node]!;
      for (let e = start[node]!; e < start[node + 1]!; e++) sum += value[e]! * field[column[e]!]!;
      return sum / free;
    }),
  );
}

function shareOf(item: NodeEvidence, label: number): number {
  return item.shares.find((entry) => entry.label === label)?.share ?? 0;
}

/** Clips what rounding made negative and scales to the sum 1. */
function normalised(values: readonly number[]): Float64Array {
  const out = Float64Array.from(values, (x) => Math.max(0, x));
  const sum = out.reduce((total, x) => total + x, 0);
  return sum > 0 ? out.map((x) => x / sum) : out;
}
