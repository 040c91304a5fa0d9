import { latticeAbove, type PointsAbove } from "./lattice-neighbours.ts";

/**
 * Pairs of points closer than a radius, as rows of neighbours (compressed sparse rows, both directions stored,
 * columns ascending, no self-pairs).
 */
export interface NeighbourGraph {
  readonly count: number;
  /** Row i holds the entries `start[i] .. start[i+1]-1`. */
  readonly start: Int32Array;
  readonly neighbour: Int32Array;
  /** Squared distance of each entry, in the units of the points squared. */
  readonly distance2: Float64Array;
}

/**
 * Finds all pairs with |x_i - x_j| <= radius by a cell list: O(N x neighbours). `points` is N x dimension, dimension 1..6.
 * A point that would have fewer than `neighbours_min` neighbours is joined to its nearest ones instead, so that scattered
 * candidates stay connected; the graph is symmetric all the same. The corners and edges of a regular grid are left as they are.
 */
export function findNeighbours(
  points: Float64Array,
  dimension: number,
  radius: number,
  neighbours_min = 0,
): NeighbourGraph {
  const count = points.length / dimension;
  const graph = joinWithin(points, dimension, count, radius);
  const lonely: number[] = [];
  let isRim = true;
  for (let i = 0; i < count; i++) {
    const found = graph.start[i + 1]! - graph.start[i]!;
    if (found < neighbours_min) lonely.push(i);
    if (found < Math.min(dimension, neighbours_min)) isRim = false;
  }
  const isGrid = isRim && lonely.length <= RIM_share_max * count;
  if (lonely.length === 0 || isGrid) return graph;
  return joinLonely(graph, points, dimension, lonely, neighbours_min);
}

/** Where so few have too few neighbours, and those one in each direction, they are the rim of a regular grid. */
const RIM_share_max = 0.25;

/** Each pair is found once, from its lower point, and then written into both rows: those come out ascending by themselves. */
function joinWithin(
  points: Float64Array,
  dimension: number,
  count: number,
  radius: number,
): NeighbourGraph {
  const radius2 = radius * radius * (1 + 1e-9);
  const above =
    latticeAbove(points, dimension, radius) ??
    listAbove(points, dimension, buildCells(points, dimension, count, radius), radius2);
  const start = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) {
    start[i + 1]! += above.start[i + 1]! - above.start[i]!;
    for (let e = above.start[i]!; e < above.start[i + 1]!; e++)
      start[above.neighbour[e]! + 1]! += 1;
  }
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  const next = start.slice(0, count);
  const neighbour = new Int32Array(start[count]!);
  const distance2 = new Float64Array(neighbour.length);
  for (let i = 0; i < count; i++) {
    for (let e = above.start[i]!; e < above.start[i + 1]!; e++) {
      const j = above.neighbour[e]!;
      const d2 = squaredDistance(points, dimension, i, j);
      const own = next[i]!++;
      const other = next[j]!++;
      neighbour[own] = j;
      neighbour[other] = i;
      distance2[own] = d2;
      distance2[other] = d2;
    }
  }
  return { count, start, neighbour, distance2 };
}

/** By cells, for points anywhere. */
function listAbove(
  points: Float64Array,
  dimension: number,
  { bucketOf, first, member, offsets, key }: Cells,
  radius2: number,
): PointsAbove {
  const count = key.length;
  const start = new Int32Array(count + 1);
  let neighbour = new Int32Array(5 * count + 64);
  let used = 0;
  for (let i = 0; i < count; i++) {
    for (let o = 0; o < offsets.length; o++) {
      const wanted = key[i]! + offsets[o]!;
      const bucket = bucketOf(wanted);
      for (let m = first[bucket]!; m < first[bucket + 1]!; m++) {
        const j = member[m]!;
        if (j <= i || key[j] !== wanted) continue;
        const d2 = squaredDistance(points, dimension, i, j);
        if (d2 > radius2) continue;
        if (used === neighbour.length) neighbour = grown(neighbour);
        let slot = used++;
        for (; slot > start[i]! && neighbour[slot - 1]! > j; slot--)
          neighbour[slot] = neighbour[slot - 1]!;
        neighbour[slot] = j;
      }
    }
    start[i + 1] = used;
  }
  return { start, neighbour };
}

function grown(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * old.length);
  larger.set(old);
  return larger;
}

/** Adds the nearest neighbours of points that have too few, in both directions. */
function joinLonely(
  graph: NeighbourGraph,
  points: Float64Array,
  dimension: number,
  lonely: readonly number[],
  neighbours_min: number,
): NeighbourGraph {
  const from: number[] = [];
  const to: number[] = [];
  const d2: number[] = [];
  for (let i = 0; i < graph.count; i++) {
    for (let e = graph.start[i]!; e < graph.start[i + 1]!; e++) {
      from.push(i);
      to.push(graph.neighbour[e]!);
      d2.push(graph.distance2[e]!);
    }
  }
  for (const i of lonely) {
    for (const j of nearestOf(points, dimension, graph.count, i, neighbours_min)) {
      const distance = squaredDistance(points, dimension, i, j);
      from.push(i, j);
      to.push(j, i);
      d2.push(distance, distance);
    }
  }
  return compress(graph.count, from, to, d2);
}

/** Squared Euclidean distance of the rows i and j of an N x dimension array. */
export function squaredDistance(
  points: Float64Array,
  dimension: number,
  i: number,
  j: number,
): number {
  let sum = 0;
  for (let k = 0; k < dimension; k++) {
    const difference = points[i * dimension + k]! - points[j * dimension + k]!;
    sum += difference * difference;
  }
  return sum;
}

/** The median over the points of the distance to the nearest other point that does not coincide with it; 1 for a single point. */
export function medianSpacing(points: Float64Array, dimension: number): number {
  const count = points.length / dimension;
  // A sample is enough for a median and keeps the cost O(N) for large tables.
  const stride = Math.max(1, Math.floor(count / 400));
  const nearest: number[] = [];
  for (let i = 0; i < count; i += stride) {
    const best = nearestSquare(points, dimension, i, count);
    if (Number.isFinite(best)) nearest.push(Math.sqrt(best));
  }
  nearest.sort((a, b) => a - b);
  return nearest[nearest.length >> 1] ?? 1;
}

/** Squared distance to the nearest other point: those beside it in the list first, then only who is near along the first axis. */
function nearestSquare(points: Float64Array, dimension: number, i: number, count: number): number {
  const x = points[i * dimension]!;
  let best = Number.POSITIVE_INFINITY;
  for (let step = 1; step < count; step++) {
    const j = i + step < count ? i + step : count - 1 - step;
    const along = points[j * dimension]! - x;
    if (along * along >= best) continue;
    const distance2 = squaredDistance(points, dimension, i, j);
    if (distance2 > 1e-18 && distance2 < best) best = distance2;
  }
  return best;
}

/** Points by cell of edge `size`, as stretches of `member`: those of cell `k` stand in bucket `bucketOf(k)`, perhaps among others. */
interface Cells {
  /** Cell of each point. */
  readonly key: Float64Array;
  readonly bucketOf: (key: number) => number;
  readonly first: Int32Array;
  /** Points, ascending in each bucket. */
  readonly member: Int32Array;
  /** From a cell to the 3^dimension cells around it, which hold all points within `size` of one of its own. */
  readonly offsets: readonly number[];
}

/** So many buckets a point at most: a few far points must not ask for the memory of all that is between. */
const BUCKETS_max = 4;

function buildCells(points: Float64Array, dimension: number, count: number, size: number): Cells {
  const low = new Float64Array(dimension).fill(Number.POSITIVE_INFINITY);
  const extent = new Float64Array(dimension).fill(1);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < dimension; k++) low[k] = Math.min(low[k]!, points[i * dimension + k]!);
  const cellOf = (i: number, k: number): number =>
    Math.floor((points[i * dimension + k]! - low[k]!) / size) + 1;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < dimension; k++) extent[k] = Math.max(extent[k]!, cellOf(i, k) + 2);
  const all = extent.reduce((product, cells) => product * cells, 1);
  const buckets = Math.max(1, Math.min(all, BUCKETS_max * count + 1024));
  const bucketOf = all === buckets ? (cell: number) => cell : (cell: number) => cell % buckets;
  const key = new Float64Array(count);
  const first = new Int32Array(buckets + 1);
  for (let i = 0; i < count; i++) {
    let cell = 0;
    for (let k = 0; k < dimension; k++) cell = cell * extent[k]! + cellOf(i, k);
    key[i] = cell;
    first[bucketOf(cell) + 1]! += 1;
  }
  for (let b = 0; b < buckets; b++) first[b + 1]! += first[b]!;
  const next = first.slice(0, buckets);
  const member = new Int32Array(count);
  for (let i = 0; i < count; i++) member[next[bucketOf(key[i]!)]!++] = i;
  return { key, bucketOf, first, member, offsets: offsetsAround(extent) };
}

function offsetsAround(extent: Float64Array): number[] {
  let offsets = [0];
  let stride = 1;
  for (let k = extent.length - 1; k >= 0; k--) {
    offsets = offsets.flatMap((offset) => [offset - stride, offset, offset + stride]);
    stride *= extent[k]!;
  }
  return offsets;
}

function nearestOf(
  points: Float64Array,
  dimension: number,
  count: number,
  i: number,
  wanted: number,
): number[] {
  const found: { j: number; d2: number }[] = [];
  for (let j = 0; j < count; j++) {
    if (j === i) continue;
    const d2 = squaredDistance(points, dimension, i, j);
    if (found.length === wanted && d2 >= found[wanted - 1]!.d2) continue;
    found.push({ j, d2 });
    found.sort((a, b) => a.d2 - b.d2 || a.j - b.j);
    if (found.length > wanted) found.pop();
  }
  return found.map((entry) => entry.j);
}

/** Sorts the pairs into rows and drops those listed twice. */
function compress(count: number, from: number[], to: number[], d2: number[]): NeighbourGraph {
  const fill = new Int32Array(count + 1);
  for (const i of from) fill[i + 1] = fill[i + 1]! + 1;
  for (let i = 0; i < count; i++) fill[i + 1] = fill[i + 1]! + fill[i]!;
  const slot = fill.slice();
  const order = new Int32Array(from.length);
  for (let e = 0; e < from.length; e++) {
    const i = from[e]!;
    order[slot[i]!] = e;
    slot[i] = slot[i]! + 1;
  }
  const start = new Int32Array(count + 1);
  const neighbour = new Int32Array(from.length);
  const distance2 = new Float64Array(from.length);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const row = order.subarray(fill[i]!, fill[i + 1]!).sort((a, b) => to[a]! - to[b]!);
    let last = -1;
    for (const e of row) {
      if (to[e] === last) continue;
      last = to[e]!;
      neighbour[used] = last;
      distance2[used] = d2[e]!;
      used++;
    }
    start[i + 1] = used;
  }
  return {
    count,
    start,
    neighbour: neighbour.slice(0, used),
    distance2: distance2.slice(0, used),
  };
}
