import { assert } from "../../../core/assert.ts";
import { squaredDistance } from "../../../numeric/neighbour-graph.ts";
import type { ColumnShelf } from "./column-shelf.ts";
import type { LabelField, NodeEvidence } from "./label-field.ts";

/** Correlation length in median distances between neighbours: from 3 to 12 the maps are the same, the process is nearly without a scale. */
const LENGTH_units = 6;
/** Variance of a sure result's noise beside the process's 1: keeps near twins solvable. */
const NUGGET = 1e-3;
/** Correlation, at one place, of a face of the composition simplex with what lies inside: a binary edge is a diagram of its own. */
const FACE_CORRELATION = 0.7;

/** Where the candidates and results lie. */
export interface ProcessPlaces {
  /** N x dimension, one unit is the median distance between neighbours. */
  readonly points: Float64Array;
  readonly dimension: number;
  /** The face of the composition simplex that each lies in; absent where faces are no diagrams of their own. */
  readonly faces?: Int32Array | undefined;
}

/**
 * Probabilities of labels by Gaussian-process regression of their indicators, exponential covariance exp(-|x - x'| / l):
 * F_k = 1/K + c(x)' (C + diag(s))^-1 (Y_k - 1/K), clipped at 0 and scaled to the sum 1 (C. E. Rasmussen, C. K. I. Williams, Gaussian
 * Processes for Machine Learning, 2006, sections 2.2 and 6.5.3). A result of confidence c has the variance s = (1 - c) / c.
 *
 * Beside the harmonic function of a graph every result has its say, not only those around: on scattered candidates,
 * whose graph of neighbours is a tree of chances, that is worth three hundredths of macro-F1; on lattices a sixth of the results.
 *
 * A `shelf` keeps columns for the next field on the same places: they do not depend on labels, and a map that is read anew differs in those.
 *
 * A further result is one more column of the factor, carried over all candidates: O(N (M + K)) and 8 N bytes for M results.
 */
export function createProcessField(places: ProcessPlaces, shelf?: ColumnShelf): LabelField {
  const count = places.points.length / places.dimension;
  let state = begin(count);
  let columns: Float64Array[] | undefined;
  const place = (node: number, item: NodeEvidence): void => {
    assert(!state.items.has(node), "a node's evidence was placed twice");
    append(state, places, node, item, shelf);
    columns = undefined;
  };
  return {
    place,
    reset: (all) => {
      state = begin(count);
      columns = undefined;
      for (const [node, item] of all) place(node, item);
    },
    columns: () => {
      columns ??= readColumns(state, count);
      return columns;
    },
    respond: (node) => (state.items.size === 0 ? undefined : respond(state, places, node)),
    leaveOut: (node) => (state.items.size < 2 ? undefined : leaveOut(state, node)),
  };
}

/** What has been learnt, over all N candidates. */
interface ProcessState {
  /** In the order of their columns. */
  readonly items: Map<number, NodeEvidence>;
  /** Column b of L' = L^-1 c(., results): c(x, x_b) less what earlier columns explain, over the pivot. */
  readonly factor: Float64Array[];
  /** Diagonal of L. */
  readonly pivots: number[];
  /** c(x)' (C + diag(s))^-1 1, and the same with the indicators of each label instead of 1. */
  readonly ones: Float64Array;
  readonly means: Float64Array[];
}

function begin(count: number): ProcessState {
  return { items: new Map(), factor: [], pivots: [], ones: new Float64Array(count), means: [] };
}

function covariance({ points, dimension, faces }: ProcessPlaces, i: number, j: number): number {
  const near = Math.exp(-Math.sqrt(squaredDistance(points, dimension, i, j)) / LENGTH_units);
  return faces === undefined || faces[i] === faces[j] ? near : FACE_CORRELATION * near;
}

/** c(x, x_node) of all candidates given the results so far. */
function remainder({ factor }: ProcessState, places: ProcessPlaces, node: number): Float64Array {
  const column = new Float64Array(places.points.length / places.dimension);
  for (let i = 0; i < column.length; i++) column[i] = covariance(places, i, node);
  for (const earlier of factor) {
    const share = earlier[node]!;
    for (let i = 0; i < column.length; i++) column[i]! -= share * earlier[i]!;
  }
  return column;
}

/** The next column of the factor and its pivot. */
function nextColumn(
  state: ProcessState,
  places: ProcessPlaces,
  node: number,
  confidence: number,
): { readonly column: Float64Array; readonly pivot: number } {
  const column = remainder(state, places, node);
  const noise = NUGGET + (1 - confidence) / Math.max(confidence, 1e-6);
  const pivot = Math.sqrt(Math.max(0, column[node]!) + noise);
  for (let i = 0; i < column.length; i++) column[i]! /= pivot;
  return { column, pivot };
}

function append(
  state: ProcessState,
  places: ProcessPlaces,
  node: number,
  item: NodeEvidence,
  shelf: ColumnShelf | undefined,
): void {
  const { items, factor, pivots, ones, means } = state;
  const { points, faces } = places;
  const key = { points, hasFaces: faces !== undefined, node, confidence: item.confidence };
  const { column, pivot } =
    shelf?.take(factor, key) ?? nextColumn(state, places, node, item.confidence);
  shelf?.put(factor, { ...key, column, pivot });
  for (const { label } of item.shares)
    while (means.length <= label) means.push(new Float64Array(ones.length));
  const follow = (mean: Float64Array, value: number): void => {
    const step = (value - mean[node]!) / pivot;
    if (step !== 0) for (let i = 0; i < mean.length; i++) mean[i]! += step * column[i]!;
  };
  follow(ones, 1);
  for (const [k, mean] of means.entries()) follow(mean, shareOf(item, k));
  items.set(node, item);
  factor.push(column);
  pivots.push(pivot);
}

function readColumns({ items, ones, means }: ProcessState, count: number): Float64Array[] {
  const prior = 1 / means.length;
  const columns = means.map(() => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    const rest = prior * (1 - ones[i]!);
    let sum = 0;
    for (const [k, mean] of means.entries()) {
      const value = Math.max(0, rest + mean[i]!);
      columns[k]![i] = value;
      sum += value;
    }
    for (const column of columns) column[i]! /= sum;
  }
  // A sure result holds exactly, whatever the nugget leaves of it.
  for (const [node, item] of items) {
    if (item.confidence < 1) continue;
    for (const [k, column] of columns.entries()) column[node] = shareOf(item, k);
  }
  return columns;
}

/** Posterior covariance with the value at a node, over its variance. */
function respond(state: ProcessState, places: ProcessPlaces, node: number): Float64Array {
  const response = remainder(state, places, node);
  const variance = Math.max(NUGGET, response[node]!);
  return response.map((x) => x / variance);
}

/**
 * What the other results say of a measured node a: y_k - [(C^-1) (y_k - 1/K)]_a / (C^-1)_aa, clipped and scaled. With u = L^-1 e_a these are
 * u' L^-1 (y_k - 1/K) and u'u.
 */
function leaveOut({ items, factor, pivots, means }: ProcessState, node: number) {
  const nodes = [...items.keys()];
  const at = nodes.indexOf(node);
  if (at < 0) return undefined;
  /** L^-1 b, from row `first` on. */
  const solve = (b: Float64Array, first: number): Float64Array => {
    for (let a = first; a < b.length; a++) {
      let sum = b[a]!;
      for (let j = first; j < a; j++) sum -= factor[j]![nodes[a]!]! * b[j]!;
      b[a] = sum / pivots[a]!;
    }
    return b;
  };
  const unit = new Float64Array(nodes.length);
  unit[at] = 1;
  const own = solve(unit, at);
  const norm2 = own.reduce((sum, x) => sum + x * x, 0);
  const rows = [...items.values()];
  const out = Float64Array.from(means, (_, k) => {
    const centred = Float64Array.from(rows, (item) => shareOf(item, k) - 1 / means.length);
    const whitened = solve(centred, 0);
    const weight = whitened.reduce((sum, x, a) => sum + x * own[a]!, 0);
    return Math.max(0, shareOf(items.get(node)!, k) - weight / norm2);
  });
  const sum = out.reduce((total, x) => total + x, 0);
  return sum > 0 ? out.map((x) => x / sum) : undefined;
}

function shareOf(item: NodeEvidence, label: number): number {
  return item.shares.find((entry) => entry.label === label)?.share ?? 0;
}
