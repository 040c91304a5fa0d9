/** A static k-d tree over `rows` points of `columns` coordinates, row-major. */
export interface PointTree {
  readonly points: Float64Array;
  /** The points in the order of `order`, so that a leaf is one stretch of memory. */
  readonly sorted: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Row numbers, reordered so that each leaf is one stretch. */
  readonly order: Int32Array;
  /** For node v: the stretch of `order`, the splitting coordinate (-1 in a leaf) and its value. Children 2v+1, 2v+2. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly axis: Int32Array;
  readonly split: Float64Array;
}

/** The k nearest points of each query: `index` and squared `distance2`, rows x k, nearest first. */
export interface NearestNeighbours {
  readonly k: number;
  readonly index: Int32Array;
  readonly distance2: Float64Array;
}

const LEAF_POINTS = 12;

/**
 * Builds the tree: each node is halved at the median of its widest coordinate.
 * Cost O(n log n). Source: J. H. Friedman, J. L. Bentley, R. A. Finkel, ACM Trans. Math. Softw. 3, 209 (1977).
 */
export function buildPointTree(points: Float64Array, rows: number, columns: number): PointTree {
  const levels = Math.max(0, Math.ceil(Math.log2(Math.max(1, rows / LEAF_POINTS))));
  const nodes = 2 ** (levels + 1) - 1;
  const tree: PointTree = {
    points,
    sorted: new Float64Array(points.length),
    rows,
    columns,
    order: Int32Array.from({ length: rows }, (_, i) => i),
    start: new Int32Array(nodes),
    end: new Int32Array(nodes),
    axis: new Int32Array(nodes).fill(-1),
    split: new Float64Array(nodes),
  };
  divide(tree, 0, 0, rows);
  tree.order.forEach((row, s) => {
    for (let c = 0; c < columns; c++) tree.sorted[s * columns + c] = points[row * columns + c]!;
  });
  return tree;
}

/**
 * The k nearest points of each of `rows` query points. With `excludeSelf` query i is taken to be point i and is left
 * out of its own list. Equal distances are taken in the order of the point's row, so that the answer is unique.
 */
export function findNearest(
  tree: PointTree,
  queries: Float64Array,
  rows: number,
  k: number,
  options: { readonly excludeSelf?: boolean } = {},
): NearestNeighbours {
  const index = new Int32Array(rows * k).fill(-1);
  const distance2 = new Float64Array(rows * k).fill(Number.POSITIVE_INFINITY);
  if (k < 1 || tree.rows === 0) return { k, index, distance2 };
  const search = createSearch(tree.columns, k);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < tree.columns; c++) search.query[c] = queries[i * tree.columns + c]!;
    search.index.fill(-1);
    search.distance2.fill(Number.POSITIVE_INFINITY);
    searchTree(tree, search, options.excludeSelf === true ? i : -1);
    index.set(search.index, i * k);
    distance2.set(search.distance2, i * k);
  }
  return { k, index, distance2 };
}

function divide(tree: PointTree, node: number, start: number, end: number): void {
  tree.start[node] = start;
  tree.end[node] = end;
  if (end - start <= LEAF_POINTS || 2 * node + 2 >= tree.start.length) return;
  const axis = widestAxis(tree, start, end);
  if (axis < 0) return;
  const { order, points, columns } = tree;
  const middle = (start + end) >> 1;
  selectNth(order, points, columns, axis, start, end - 1, middle);
  tree.axis[node] = axis;
  tree.split[node] = points[order[middle]! * columns + axis]!;
  divide(tree, 2 * node + 1, start, middle);
  divide(tree, 2 * node + 2, middle, end);
}

function widestAxis(tree: PointTree, start: number, end: number): number {
  const { points, order, columns } = tree;
  let best = -1;
  let widest = 0;
  for (let c = 0; c < columns; c++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const value = points[order[i]! * columns + c]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > widest) {
      widest = high - low;
      best = c;
    }
  }
  return best;
}

/** Quickselect: afterwards no key before `nth` is larger and none after it is smaller than that of `nth`. */
function selectNth(
  order: Int32Array,
  points: Float64Array,
  columns: number,
  axis: number,
  first: number,
  last: number,
  nth: number,
): void {
  let low = first;
  let high = last;
  while (low < high) {
    const pivot = points[order[(low + high) >> 1]! * columns + axis]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (points[order[i]! * columns + axis]! < pivot) i++;
      while (points[order[j]! * columns + axis]! > pivot) j--;
      if (i <= j) {
        const kept = order[i]!;
        order[i++] = order[j]!;
        order[j--] = kept;
      }
    }
    if (nth <= j) high = j;
    else if (nth >= i) low = i;
    else return;
  }
}

/** One query's state; plain fields and plain functions, so that the engine keeps the inner loop in registers. */
interface Search {
  readonly k: number;
  readonly query: Float64Array;
  readonly index: Int32Array;
  readonly distance2: Float64Array;
  readonly pending: Int32Array;
  readonly pendingGap2: Float64Array;
}

function createSearch(columns: number, k: number): Search {
  return {
    k,
    query: new Float64Array(columns),
    index: new Int32Array(k),
    distance2: new Float64Array(k),
    // A path from the root leaves at most one branch behind at each of fewer than 64 levels.
    pending: new Int32Array(64),
    pendingGap2: new Float64Array(64),
  };
}

/** Visits the tree nearest branch first, the others only while they can hold a nearer point. */
function searchTree(tree: PointTree, search: Search, self: number): void {
  const { axis, split, start, end } = tree;
  const { query, distance2, pending, pendingGap2, k } = search;
  let waiting = 0;
  let node = 0;
  for (;;) {
    const coordinate = axis[node]!;
    if (coordinate >= 0) {
      const gap = query[coordinate]! - split[node]!;
      pending[waiting] = gap < 0 ? 2 * node + 2 : 2 * node + 1;
      pendingGap2[waiting++] = gap * gap;
      node = gap < 0 ? 2 * node + 1 : 2 * node + 2;
      continue;
    }
    scanLeaf(tree, search, start[node]!, end[node]!, self);
    do {
      if (waiting === 0) return;
      waiting--;
      // `>`: a point at equal distance beyond the plane may have the smaller row.
    } while (pendingGap2[waiting]! > distance2[k - 1]!);
    node = pending[waiting]!;
  }
}

function scanLeaf(tree: PointTree, search: Search, from: number, to: number, self: number): void {
  const { order, sorted, columns } = tree;
  const { query, distance2, index, k } = search;
  let worst = distance2[k - 1]!;
  for (let s = from; s < to; s++) {
    let sum = 0;
    let at = s * columns;
    let c = 0;
    while (c < columns && sum <= worst) {
      const stop = Math.min(c + 4, columns);
      for (; c < stop; c++) {
        const difference = query[c]! - sorted[at++]!;
        sum += difference * difference;
      }
    }
    if (sum > worst) continue;
    const row = order[s]!;
    if (row === self || (sum === worst && index[k - 1]! >= 0 && row > index[k - 1]!)) continue;
    insert(search, row, sum);
    worst = distance2[k - 1]!;
  }
}

function insert({ index, distance2, k }: Search, row: number, sum: number): void {
  let slot = k - 1;
  while (
    slot > 0 &&
    (distance2[slot - 1]! > sum || (distance2[slot - 1]! === sum && index[slot - 1]! > row))
  ) {
    distance2[slot] = distance2[slot - 1]!;
    index[slot] = index[slot - 1]!;
    slot--;
  }
  distance2[slot] = sum;
  index[slot] = row;
}
