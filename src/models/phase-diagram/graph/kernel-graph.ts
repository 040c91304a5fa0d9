import { findNeighbours, squaredDistance } from "../../../numeric/neighbour-graph.ts";
import type { SparseMatrix } from "../../../numeric/sparse-matrix.ts";

/** A weighted graph over points: who speaks to whom, and how loudly. */
export interface KernelGraph {
  /** Symmetric weights, zero diagonal. */
  readonly weights: SparseMatrix;
  /** Row sums of the weights. */
  readonly degree: Float64Array;
  readonly points: Float64Array;
  readonly dimension: number;
  /** Largest distance of two joined points; infinite where pairs are joined at any. */
  readonly reach: number;
}

export interface KernelOptions {
  /** Standard deviation of the Gaussian, in the units of the points. */
  readonly bandwidth: number;
  /** Pairs farther apart are not joined, in the units of the points. */
  readonly cut: number;
  /** True length of one unit along each dimension; absent: all alike. */
  readonly stretch?: readonly number[] | undefined;
  /** Factor on the weight of a pair, symmetric; absent: 1. */
  readonly coupling?: ((i: number, j: number) => number) | undefined;
}

/**
 * w_ij = exp(-(|x_i - x_j|^2 - 1) / (2 s^2)) for |x_i - x_j| <= cut, no self-loops; neighbours at one grid step have weight 1.
 * Points with too few neighbours are joined to their nearest, with a weight no smaller than {@link WEIGHT_min}.
 *
 * With `points` in grid steps of unlike axes (composition, temperature) and `stretch` their true lengths l_k, a weight is
 * multiplied by |d|^2 / sum_k (l_k d_k)^2: the same few neighbours, conducting as the isotropic medium in true lengths does
 * (a step half as long conducts four times as well), so that no axis needs hundreds of neighbours.
 */
export function buildKernelGraph(
  points: Float64Array,
  dimension: number,
  options: KernelOptions,
): KernelGraph {
  const graph = findNeighbours(points, dimension, options.cut, Math.min(2 * dimension, 6));
  // A weight takes the place of its distance: what is large exists once.
  const value = graph.distance2;
  const degree = new Float64Array(graph.count);
  const scale = 2 * options.bandwidth * options.bandwidth;
  const { stretch, coupling } = options;
  const cut2 = options.cut * options.cut * (1 + 1e-9);
  let reach2 = options.cut * options.cut;
  // Each pair is weighed once: rows ascend, so that the lower entries of a row come to it in their order.
  const next = graph.start.slice();
  for (let i = 0; i < graph.count; i++) {
    let sum = 0;
    for (let e = graph.start[i]!; e < graph.start[i + 1]!; e++) {
      const j = graph.neighbour[e]!;
      if (j < i) {
        sum += value[e]!;
        continue;
      }
      const d2 = graph.distance2[e]!;
      if (d2 > reach2) reach2 = d2;
      const isForced = d2 > cut2;
      let weight = Math.max(isForced ? WEIGHT_min : 0, Math.exp(-(d2 - 1) / scale));
      if (stretch !== undefined)
        weight *= d2 / stretchedDistance2(points, dimension, i, j, stretch);
      if (coupling !== undefined) weight *= coupling(i, j);
      value[e] = weight;
      value[next[j]!++] = weight;
      sum += weight;
    }
    degree[i] = sum;
  }
  const weights = { count: graph.count, start: graph.start, column: graph.neighbour, value };
  return { weights, degree, points, dimension, reach: Math.sqrt(reach2) };
}

function stretchedDistance2(
  points: Float64Array,
  dimension: number,
  i: number,
  j: number,
  stretch: readonly number[],
): number {
  // Coinciding points (replicates) keep their weight: 0 / 0 would be no number.
  let sum = 1e-12;
  for (let k = 0; k < dimension; k++) {
    sum += (stretch[k]! * (points[i * dimension + k]! - points[j * dimension + k]!)) ** 2;
  }
  return sum;
}

/** Weights below this are nothing: what divides by one (and by a sum of a few) must stay a number. */
const WEIGHT_least = 1e-300;

/** exp(-gamma |x_i - x_j|^2) between all pairs, also where next to nothing is left of it. Its reach is infinite. */
export function buildCompleteGraph(
  points: Float64Array,
  dimension: number,
  gamma: number,
): KernelGraph {
  const count = points.length / dimension;
  const start = new Int32Array(count + 1);
  const column = new Int32Array(count * count);
  const value = new Float64Array(count * count);
  const degree = new Float64Array(count);
  let used = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const weight = Math.exp(-gamma * squaredDistance(points, dimension, i, j));
      if (j === i || weight < WEIGHT_least) continue;
      column[used] = j;
      value[used++] = weight;
      degree[i]! += weight;
    }
    start[i + 1] = used;
  }
  const entries = { column: column.slice(0, used), value: value.slice(0, used) };
  const reach = Number.POSITIVE_INFINITY;
  return { weights: { count, start, ...entries }, degree, points, dimension, reach };
}

/** Keeps the linear systems well conditioned where the grid has holes. */
const WEIGHT_min = 1e-6;

/** The product's own bandwidth, in grid steps: half a step or a little more was best on every map tried. */
export const BANDWIDTH_steps = 0.5;

/** How much of a weight is left between a face of the composition simplex and what lies inside. */
export const FACE_COUPLING = 0.2;

/**
 * Only the first shell is joined: with the second (less than 2 % of a weight), or the diagonals of a square, no campaign that was tried
 * took fewer results, and the solves take two to four times as long.
 */
export const CUT_steps = 1.2;
