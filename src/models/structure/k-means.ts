import type { Prng } from "../../core/prng.ts";

/** Clusters of `rows` points: the cluster of each row, the centres (clusters x columns) and the sum of squares within. */
export interface Clustering {
  readonly clusters: number;
  readonly labels: Int32Array;
  readonly centres: Float64Array;
  readonly within: number;
}

const RESTARTS = 10;
const ITERATIONS_MAX = 100;

/**
 * K-means: 10 starts by k-means++ seeding, Lloyd's iterations to a fixed point, the start of the least sum of squares.
 * Clusters are numbered by their first row, so that equal partitions have equal labels.
 * Source: D. Arthur, S. Vassilvitskii, SODA 2007, 1027.
 */
export function kMeans(
  points: Float64Array,
  rows: number,
  columns: number,
  clusters: number,
  prng: Prng,
): Clustering {
  let best: Clustering | undefined;
  for (let start = 0; start < RESTARTS; start++) {
    const centres = seedCentres(points, rows, columns, clusters, prng);
    const found = iterate(points, rows, columns, centres, clusters);
    if (best === undefined || found.within < best.within * (1 - 1e-12)) best = found;
  }
  return renumber(best as Clustering, columns);
}

/** The nearest centre of each row. */
export function nearestCentres(
  points: Float64Array,
  rows: number,
  columns: number,
  centres: Float64Array,
): Int32Array {
  const labels = new Int32Array(rows);
  assign(points, rows, columns, centres, labels);
  return labels;
}

function seedCentres(
  points: Float64Array,
  rows: number,
  columns: number,
  clusters: number,
  prng: Prng,
): Float64Array {
  const centres = new Float64Array(clusters * columns);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let chosen = prng.integer(rows);
  for (let k = 0; k < clusters; k++) {
    centres.set(points.subarray(chosen * columns, (chosen + 1) * columns), k * columns);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      nearest[i] = Math.min(nearest[i]!, distance2(points, i, centres, k, columns));
      total += nearest[i]!;
    }
    let left = prng.next() * total;
    chosen = rows - 1;
    for (let i = 0; i < rows; i++) {
      left -= nearest[i]!;
      if (left < 0) {
        chosen = i;
        break;
      }
    }
  }
  return centres;
}

function iterate(
  points: Float64Array,
  rows: number,
  columns: number,
  start: Float64Array,
  clusters: number,
): Clustering {
  const labels = new Int32Array(rows).fill(-1);
  const centres = start.slice();
  const counts = new Float64Array(clusters);
  let within = 0;
  for (let n = 0; n < ITERATIONS_MAX; n++) {
    const before = within;
    within = assign(points, rows, columns, centres, labels);
    if (n > 0 && before - within <= 1e-12 * within) break;
    const sums = new Float64Array(clusters * columns);
    counts.fill(0);
    for (let i = 0; i < rows; i++) {
      const k = labels[i]!;
      counts[k]! += 1;
      for (let c = 0; c < columns; c++) sums[k * columns + c]! += points[i * columns + c]!;
    }
    for (let k = 0; k < clusters; k++) {
      // An empty cluster keeps its centre: it may fill again, and never becomes NaN.
      if (counts[k] === 0) continue;
      for (let c = 0; c < columns; c++)
        centres[k * columns + c] = sums[k * columns + c]! / counts[k]!;
    }
  }
  return { clusters, labels, centres, within };
}

/** Labels each row with its nearest centre; returns the sum of squared distances. */
function assign(
  points: Float64Array,
  rows: number,
  columns: number,
  centres: Float64Array,
  labels: Int32Array,
): number {
  const clusters = centres.length / columns;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < clusters; k++) {
      const d = distance2(points, i, centres, k, columns);
      if (d < least) {
        least = d;
        labels[i] = k;
      }
    }
    total += least;
  }
  return total;
}

function distance2(
  points: Float64Array,
  row: number,
  centres: Float64Array,
  k: number,
  columns: number,
): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    const difference = points[row * columns + c]! - centres[k * columns + c]!;
    sum += difference * difference;
  }
  return sum;
}

function renumber(found: Clustering, columns: number): Clustering {
  const numbers = new Map<number, number>();
  for (const label of found.labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
  for (let k = 0; k < found.clusters; k++) if (!numbers.has(k)) numbers.set(k, numbers.size);
  const centres = new Float64Array(found.centres.length);
  for (const [from, to] of numbers)
    centres.set(found.centres.subarray(from * columns, (from + 1) * columns), to * columns);
  return { ...found, labels: found.labels.map((label) => numbers.get(label) ?? 0), centres };
}
