import { assert } from "../../../core/assert.ts";
import type { SparseMatrix } from "../../../numeric/sparse-matrix.ts";
import type { KernelGraph } from "./kernel-graph.ts";
import type { LabelField, NodeEvidence } from "./label-field.ts";

/** The clamping factor that the published tools use. */
export const SPREADING_ALPHA = 0.2;
const SWEEPS_max = 500;

/**
 * Label spreading at its exact fixed point F = (1 - alpha) (I - alpha S)^-1 Y, S = D^-1/2 W D^-1/2, rows then scaled to sum 1
 * (D. Zhou et al., NIPS 2003). F is linear in Y, so that a new label adds one column of the inverse. The inverse is a sum of
 * positive terms, summed by symmetric Gauss-Seidel sweeps from zero: even the tiniest value far from all labels keeps its
 * relative accuracy, and an exact 0 means "not reached".
 */
export function createSpreadingField(graph: KernelGraph, alpha = SPREADING_ALPHA): LabelField {
  const n = graph.weights.count;
  const system = scaledWeights(graph, alpha);
  const evidence = new Map<number, NodeEvidence>();
  let sums: Float64Array[] = [];
  let scaled: Float64Array[] | undefined;

  const add = (node: number, item: NodeEvidence): void => {
    const spread = spreadFrom(system, node, item.confidence);
    for (const { label, share } of item.shares) {
      while (sums.length <= label) sums.push(new Float64Array(n));
      const sum = sums[label]!;
      for (let i = 0; i < n; i++) sum[i]! += share * spread[i]!;
    }
    scaled = undefined;
  };

  return {
    columns: () => {
      scaled ??= scaleRows(sums, n);
      return scaled;
    },
    place: (node, item) => {
      assert(!evidence.has(node), "a node's evidence was placed twice");
      evidence.set(node, item);
      add(node, item);
    },
    reset: (all) => {
      evidence.clear();
      sums = [];
      scaled = undefined;
      for (const [node, item] of all) {
        evidence.set(node, item);
        add(node, item);
      }
    },
    // A new label changes the scaling of every row too: there is no single response.
    respond: () => undefined,
    leaveOut: (node) => {
      const own = evidence.get(node);
      if (own === undefined) return undefined;
      const self = spreadFrom(system, node, own.confidence)[node]!;
      const rest = sums.map((sum) => sum[node]!);
      for (const { label, share } of own.shares) rest[label] = rest[label]! - share * self;
      const total = rest.reduce((sum, x) => sum + Math.max(0, x), 0);
      return total > 1e-12 ? Float64Array.from(rest, (x) => Math.max(0, x) / total) : undefined;
    },
  };
}

/** alpha D^-1/2 W D^-1/2. */
function scaledWeights(graph: KernelGraph, alpha: number): SparseMatrix {
  const { count, start, column, value } = graph.weights;
  const scaled = new Float64Array(value.length);
  const root = graph.degree.map((degree) => (degree > 0 ? 1 / Math.sqrt(degree) : 0));
  for (let i = 0; i < count; i++) {
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      scaled[e] = alpha * value[e]! * root[i]! * root[column[e]!]!;
    }
  }
  return { count, start, column, value: scaled };
}

/** Solves (I - alpha S) x = amount e_node by sweeps forth and back until no value changes by more than 1e-12 of itself. */
function spreadFrom(system: SparseMatrix, node: number, amount: number): Float64Array {
  const { count, start, column, value } = system;
  const x = new Float64Array(count);
  x[node] = amount;
  for (let sweep = 0; sweep < SWEEPS_max; sweep++) {
    let change = 0;
    for (let step = 0; step < 2 * count; step++) {
      const i = step < count ? step : 2 * count - 1 - step;
      let sum = i === node ? amount : 0;
      const end = start[i + 1]!;
      for (let e = start[i]!; e < end; e++) sum += value[e]! * x[column[e]!]!;
      const relative = sum > 0 ? (sum - x[i]!) / sum : 0;
      if (relative > change) change = relative;
      x[i] = sum;
    }
    if (change < 1e-12) break;
  }
  return x;
}

function scaleRows(sums: readonly Float64Array[], n: number): Float64Array[] {
  const out = sums.map((sum) => sum.slice());
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (const column of out) total += column[i]!;
    if (total > 0) for (const column of out) column[i] = column[i]! / total;
  }
  return out;
}
