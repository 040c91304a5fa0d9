import { assert } from "../../../core/assert.ts";
import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../../numeric/cholesky.ts";
import { squaredDistance } from "../../../numeric/neighbour-graph.ts";
import type { LabelField, NodeEvidence } from "./label-field.ts";

/** Correlation length in median distances between neighbours: from 3 to 12 the maps are the same, the process is nearly without a scale. */
const LENGTH_units = 6;
/** Variance of a sure result's noise beside the process's 1: keeps near twins solvable. */
const NUGGET = 1e-3;

/**
 * Probabilities of labels by Gaussian-process regression of their indicators, exponential covariance exp(-|x - x'| / l):
 * F_k = 1/K + c(x)' (C + diag(s))^-1 (Y_k - 1/K), clipped at 0 and scaled to the sum 1 (C. E. Rasmussen, C. K. I. Williams, Gaussian
 * Processes for Machine Learning, 2006, sections 2.2 and 6.5.3). A result of confidence c has the variance s = (1 - c) / c.
 *
 * Beside the harmonic function of a graph every result has its say, not only those around: on scattered candidates,
 * whose graph of neighbours is a tree of chances, that is worth three hundredths of macro-F1.
 *
 * O(M^3 / 6 + N M K) for M results.
 *
 * @param points N x dimension, one unit is the median distance between neighbours
 */
export function createProcessField(points: Float64Array, dimension: number): LabelField {
  const count = points.length / dimension;
  const evidence = new Map<number, NodeEvidence>();
  let fit: Fit | undefined;
  let columns: Float64Array[] | undefined;
  const fitted = (): Fit => {
    fit ??= fitProcess(points, dimension, evidence);
    return fit;
  };
  const changed = (): void => {
    fit = undefined;
    columns = undefined;
  };
  return {
    place: (node, item) => {
      assert(!evidence.has(node), "a node's evidence was placed twice");
      evidence.set(node, item);
      changed();
    },
    reset: (all) => {
      evidence.clear();
      for (const [node, item] of all) evidence.set(node, item);
      changed();
    },
    columns: () => {
      columns ??= evidence.size === 0 ? [] : predictAll(fitted(), points, dimension, count);
      return columns;
    },
    respond: (node) =>
      evidence.size === 0 ? undefined : respond(fitted(), points, dimension, node),
    leaveOut: (node) => (evidence.size < 2 ? undefined : leaveOut(fitted(), node)),
  };
}

interface Fit {
  readonly nodes: readonly number[];
  readonly items: readonly NodeEvidence[];
  readonly labels: number;
  /** Cholesky factor of C + diag(s), M x M. */
  readonly factor: Float64Array;
  /** One vector of M weights a label. */
  readonly weights: readonly Float64Array[];
}

function fitProcess(
  points: Float64Array,
  dimension: number,
  evidence: ReadonlyMap<number, NodeEvidence>,
): Fit {
  const nodes = [...evidence.keys()].sort((a, b) => a - b);
  const items = nodes.map((node) => evidence.get(node)!);
  const m = nodes.length;
  const factor = new Float64Array(m * m);
  for (const [a, node] of nodes.entries()) {
    for (let b = 0; b < a; b++) factor[a * m + b] = covariance(points, dimension, node, nodes[b]!);
    const { confidence } = items[a]!;
    factor[a * m + a] = 1 + NUGGET + (1 - confidence) / Math.max(confidence, 1e-6);
  }
  const failed = choleskyInPlace(factor, m, m);
  assert(failed === 0, "the covariance of the results is not positive definite");
  const labels = 1 + Math.max(...items.flatMap(({ shares }) => shares.map(({ label }) => label)));
  const weights = Array.from({ length: labels }, (_, label) => {
    const w = Float64Array.from(items, (item) => shareOf(item, label) - 1 / labels);
    solveLower(factor, m, m, w);
    solveLowerTransposed(factor, m, m, w);
    return w;
  });
  return { nodes, items, labels, factor, weights };
}

function covariance(points: Float64Array, dimension: number, i: number, j: number): number {
  return Math.exp(-Math.sqrt(squaredDistance(points, dimension, i, j)) / LENGTH_units);
}

function predictAll(
  { nodes, items, labels, weights }: Fit,
  points: Float64Array,
  dimension: number,
  count: number,
): Float64Array[] {
  const columns = Array.from({ length: labels }, () => new Float64Array(count));
  const near = new Float64Array(nodes.length);
  for (let i = 0; i < count; i++) {
    for (const [a, node] of nodes.entries()) near[a] = covariance(points, dimension, i, node);
    let sum = 0;
    for (const [k, w] of weights.entries()) {
      let mean = 1 / labels;
      for (let a = 0; a < w.length; a++) mean += near[a]! * w[a]!;
      columns[k]![i] = Math.max(0, mean);
      sum += columns[k]![i]!;
    }
    for (const column of columns) column[i]! /= sum;
  }
  // A sure result holds exactly, whatever the nugget leaves of it.
  for (const [a, node] of nodes.entries()) {
    if (items[a]!.confidence < 1) continue;
    for (const [k, column] of columns.entries()) column[node] = shareOf(items[a]!, k);
  }
  return columns;
}

/** Posterior covariance with the value at a node, over its variance. */
function respond(
  { nodes, factor }: Fit,
  points: Float64Array,
  dimension: number,
  node: number,
): Float64Array {
  const m = nodes.length;
  const w = Float64Array.from(nodes, (other) => covariance(points, dimension, node, other));
  solveLower(factor, m, m, w);
  solveLowerTransposed(factor, m, m, w);
  const response = Float64Array.from({ length: points.length / dimension }, (_, i) => {
    let own = covariance(points, dimension, i, node);
    for (const [a, other] of nodes.entries())
      own -= w[a]! * covariance(points, dimension, i, other);
    return own;
  });
  const variance = Math.max(NUGGET, response[node]!);
  return response.map((x) => x / variance);
}

/** What the other results say of a measured node: y_k - w_k / (C^-1)_aa, clipped and scaled; (C^-1)_aa = |L^-1 e_a|^2. */
function leaveOut(
  { nodes, items, labels, factor, weights }: Fit,
  node: number,
): Float64Array | undefined {
  const a = nodes.indexOf(node);
  if (a < 0) return undefined;
  const m = nodes.length;
  const unit = new Float64Array(m);
  unit[a] = 1;
  solveLower(factor, m, m, unit);
  const own = unit.reduce((sum, x) => sum + x * x, 0);
  const out = Float64Array.from({ length: labels }, (_, k) =>
    Math.max(0, shareOf(items[a]!, k) - weights[k]![a]! / own),
  );
  const sum = out.reduce((total, x) => total + x, 0);
  return sum > 0 ? out.map((x) => x / sum) : undefined;
}

function shareOf(item: NodeEvidence, label: number): number {
  return item.shares.find((entry) => entry.label === label)?.share ?? 0;
}
