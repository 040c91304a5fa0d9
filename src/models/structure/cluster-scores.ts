import type { Prng } from "../../core/prng.ts";
import { kMeans } from "./k-means.ts";

/** Rows beyond this many are sampled evenly for the silhouette, whose cost is quadratic. */
const SILHOUETTE_ROWS_MAX = 3000;
/** The suggestion compares many silhouettes: a coarser sample tells them apart just as well. */
const SUGGESTION_ROWS_MAX = 600;

/**
 * Pseudo-F: (between / (clusters - 1)) / (within / (rows - clusters)). Infinite for perfectly tight clusters,
 * 0 where there is only one cluster.
 * Source: T. Calinski, J. Harabasz, Commun. Stat. 3, 1 (1974).
 */
export function pseudoF(
  points: Float64Array,
  rows: number,
  columns: number,
  labels: Int32Array,
): number {
  const clusters = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const counts = new Float64Array(clusters);
  const centres = new Float64Array(clusters * columns);
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    counts[labels[i]!]! += 1;
    for (let c = 0; c < columns; c++) {
      centres[labels[i]! * columns + c]! += points[i * columns + c]!;
      mean[c]! += points[i * columns + c]! / rows;
    }
  }
  let between = 0;
  let filled = 0;
  for (let k = 0; k < clusters; k++) {
    if (counts[k] === 0) continue;
    filled++;
    for (let c = 0; c < columns; c++) {
      centres[k * columns + c]! /= counts[k]!;
      between += counts[k]! * (centres[k * columns + c]! - mean[c]!) ** 2;
    }
  }
  if (filled < 2 || rows <= filled) return 0;
  let within = 0;
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++)
      within += (points[i * columns + c]! - centres[labels[i]! * columns + c]!) ** 2;
  }
  return between / (filled - 1) / (within / (rows - filled));
}

/**
 * Mean silhouette (b - a) / max(a, b): a is a point's mean distance to its own cluster, b to the nearest other one;
 * -1..1, 0 where there is only one cluster. Above 3000 rows an even sample of them is used.
 * Source: P. J. Rousseeuw, J. Comput. Appl. Math. 20, 53 (1987).
 */
export function silhouette(
  points: Float64Array,
  rows: number,
  columns: number,
  labels: Int32Array,
  rows_max = SILHOUETTE_ROWS_MAX,
): number {
  const stride = Math.max(1, Math.ceil(rows / rows_max));
  const sample = Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
  const clusters = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const counts = new Float64Array(clusters);
  for (const i of sample) counts[labels[i]!]! += 1;
  if (counts.filter((count) => count > 0).length < 2) return 0;
  const sums = new Float64Array(clusters);
  let total = 0;
  for (const i of sample) {
    sums.fill(0);
    for (const j of sample) {
      let square = 0;
      for (let c = 0; c < columns; c++)
        square += (points[i * columns + c]! - points[j * columns + c]!) ** 2;
      sums[labels[j]!]! += Math.sqrt(square);
    }
    total += silhouetteOf(labels[i]!, sums, counts);
  }
  return total / sample.length;
}

function silhouetteOf(own: number, sums: Float64Array, counts: Float64Array): number {
  if (counts[own] === 1) return 0;
  const inside = sums[own]! / (counts[own]! - 1);
  let outside = Number.POSITIVE_INFINITY;
  for (let k = 0; k < sums.length; k++)
    if (k !== own && counts[k]! > 0) outside = Math.min(outside, sums[k]! / counts[k]!);
  const larger = Math.max(inside, outside);
  return larger > 0 ? (outside - inside) / larger : 0;
}

/** One choice of the number of clusters with its scores. */
export interface ClusterCount {
  readonly clusters: number;
  readonly silhouette: number;
  readonly pseudoF: number;
}

/**
 * How many kinds of atoms there are: k-means with 2..`most` clusters, the largest mean silhouette first.
 * The list holds every choice tried, so that a person can see how clear the answer is.
 */
export function suggestClusterCount(
  points: Float64Array,
  rows: number,
  columns: number,
  prng: Prng,
  most = 8,
): ClusterCount[] {
  const tried: ClusterCount[] = [];
  for (let clusters = 2; clusters <= Math.min(most, rows - 1); clusters++) {
    const { labels } = kMeans(points, rows, columns, clusters, prng.derive(`clusters ${clusters}`));
    tried.push({
      clusters,
      silhouette: silhouette(points, rows, columns, labels, SUGGESTION_ROWS_MAX),
      pseudoF: pseudoF(points, rows, columns, labels),
    });
  }
  return tried.sort((a, b) => b.silhouette - a.silhouette || a.clusters - b.clusters);
}
