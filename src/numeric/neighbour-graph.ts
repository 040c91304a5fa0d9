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

function joinWithin(
  points: Float64Array,
  dimension: number,
  count: number,
  radius: number,
): NeighbourGraph {
  const cells = buildCells(points, dimension, count, radius);
  const radius2 = radius * radius * (1 + 1e-9);
  const start = new Int32Array(count + 1);
  let neighbour = new Int32Array(16 * count + 64);
  let distance2 = new Float64Array(neighbour.length);
  const row: number[] = [];
  let used = 0;
  for (let i = 0; i < count; i++) {
    row.length = 0;
    cells.visit(i, (j) => {
      if (j !== i && squaredDistance(points, dimension, i, j) <= radius2) row.push(j);
    });
    row.sort((a, b) => a - b);
    if (used + row.length > neighbour.length) {
      const larger = 2 * (used + row.length);
      neighbour = grown(neighbour, new Int32Array(larger));
      distance2 = grown(distance2, new Float64Array(larger));
    }
    for (const j of row) {
      neighbour[used] = j;
      distance2[used] = squaredDistance(points, dimension, i, j);
      used++;
    }
    start[i + 1] = used;
  }
  return { count, start, neighbour: neighbour.slice(0, used), distance2: distance2.slice(0, used) };
}

function grown<T extends Int32Array | Float64Array>(old: T, larger: T): T {
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
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < count; j++) {
      const distance2 = squaredDistance(points, dimension, i, j);
      if (distance2 > 1e-18 && distance2 < best) best = distance2;
    }
    if (Number.isFinite(best)) nearest.push(Math.sqrt(best));
  }
  nearest.sort((a, b) => a - b);
  return nearest[nearest.length >> 1] ?? 1;
}

interface Cells {
  visit(i: number, callback: (j: number) => void): void;
}

/** Points by cell of edge `size`: all points within `size` of a point lie in the 3^dimension cells around its own. */
function buildCells(points: Float64Array, dimension: number, count: number, size: number): Cells {
  const low = new Float64Array(dimension).fill(Number.POSITIVE_INFINITY);
  const extent = new Float64Array(dimension).fill(1);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++) {
      low[k] = Math.min(low[k]!, points[i * dimension + k]!);
    }
  }
  const cellOf = (i: number, k: number): number =>
    Math.floor((points[i * dimension + k]! - low[k]!) / size) + 1;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++) extent[k] = Math.max(extent[k]!, cellOf(i, k) + 2);
  }
  const members = new Map<number, number[]>();
  const keyOf = (i: number): number => {
    let key = 0;
    for (let k = 0; k < dimension; k++) key = key * extent[k]! + cellOf(i, k);
    return key;
  };
  for (let i = 0; i < count; i++) {
    const list = members.get(keyOf(i));
    if (list === undefined) members.set(keyOf(i), [i]);
    else list.push(i);
  }
  const offsets = [0];
  for (let k = 0; k < dimension; k++) {
    let stride = 1;
    for (let l = k + 1; l < dimension; l++) stride *= extent[l]!;
    for (const offset of offsets.splice(0)) offsets.push(offset - stride, offset, offset + stride);
  }
  return {
    visit: (i, callback) => {
      const key = keyOf(i);
      for (const offset of offsets) {
        const list = members.get(key + offset);
        if (list !== undefined) for (const j of list) callback(j);
      }
    },
  };
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
