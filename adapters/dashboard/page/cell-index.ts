import type { MapData } from "../../../src/views/map-data.ts";
import { findLattice } from "../../../src/views/pictures/cell-lattice.ts";
import type { MapFrame } from "../../../src/views/pictures/map-frame.ts";

export interface CellIndexOptions {
  readonly data: MapData;
  readonly frame: MapFrame;
  /** Size of the canvas in device pixels. */
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** Distances are whole numbers of this part of a device pixel: a browser that has not compiled the script yet makes an object of each fraction. */
const FINE = 4;

/**
 * For each device pixel the nearest cell (the Voronoi diagram of the candidates), -1 where there is none. Made once a size;
 * every drawing after that is a look-up a pixel. Most pixels lie so near to a cell that no other can be nearer: each cell fills its own circle,
 * which the browser does in stretches; buckets of about two cells keep the search for the rest local: O(pixels).
 */
export function buildCellIndex(options: CellIndexOptions): Int32Array<ArrayBuffer> {
  const { data, frame, width, height, ratio } = options;
  const { count } = data.cells;
  const index = new Int32Array(width * height).fill(-1);
  if (count === 0) return index;
  const xs = new Int32Array(count);
  const ys = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    xs[k] = Math.round(frame.xOf(data.cells.x[k]!) * ratio * FINE);
    ys[k] = Math.round(frame.yOf(data.cells.y[k]!) * ratio * FINE);
  }
  const buckets = fillBuckets(xs, ys, width * FINE, height * FINE);
  const spans = spansOf(frame, width, height, ratio);
  const reach = reachOfCells(data, xs, ys);
  fillOwn({ index, width, height, spans, xs, ys, reach, own: ownRadii(xs, ys, buckets) });
  let guess = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const end = row + spans.end[y]!;
    // What no circle covers is empty still: a seventh of the pixels of a grid.
    let p = index.indexOf(-1, row + spans.first[y]!);
    while (p >= 0 && p < end) {
      const fineX = (p - row) * FINE;
      const fineY = y * FINE;
      if (p > row && index[p - 1]! >= 0) guess = index[p - 1]!;
      guess = nearest(fineX, fineY, xs, ys, buckets, guess);
      if (Math.abs(xs[guess]! - fineX) <= reach.x && Math.abs(ys[guess]! - fineY) <= reach.y)
        index[p] = guess;
      p = index.indexOf(-1, p + 1);
    }
  }
  return index;
}

/** Each cell has the pixels of the circle in which no other cell can be nearer. */
function fillOwn(about: {
  readonly index: Int32Array;
  readonly width: number;
  readonly height: number;
  readonly spans: Spans;
  readonly xs: Int32Array;
  readonly ys: Int32Array;
  readonly reach: { readonly x: number; readonly y: number };
  /** Squares of the circles' radii. */
  readonly own: Int32Array;
}): void {
  const { index, width, height, spans, xs, ys, reach, own } = about;
  for (let k = 0; k < xs.length; k++) {
    const x = xs[k]!;
    const radius = Math.min(below(own[k]!), reach.y);
    const last = Math.min(height - 1, Math.floor((ys[k]! + radius) / FINE));
    for (let y = Math.max(0, Math.ceil((ys[k]! - radius) / FINE)); y <= last; y++) {
      const half = Math.min(below(own[k]! - squared(0, ys[k]! - y * FINE)), reach.x);
      const from = Math.max(spans.first[y]!, Math.ceil((x - half) / FINE));
      const to = Math.min(spans.end[y]!, Math.floor((x + half) / FINE) + 1);
      if (from < to) index.fill(k, y * width + from, y * width + to);
    }
  }
}

/** The largest whole number whose square is smaller; -1 where there is none. */
function below(square: number): number {
  return square <= 0 ? -1 : Math.ceil(Math.sqrt(square)) - 1;
}

/**
 * How far a cell reaches on each axis. On two axes of a composition half of the plane is impossible: a grid's cell
 * ends half a step from its candidate. Scattered candidates, and the triangle, fill their plane.
 */
function reachOfCells(
  { plane, cells }: MapData,
  xs: Int32Array,
  ys: Int32Array,
): { readonly x: number; readonly y: number } {
  if (plane.kind === "ternary" || findLattice(plane, cells) === undefined)
    return { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY };
  return { x: halfStep(xs), y: halfStep(ys) };
}

/** Half the widest step between neighbouring values, and a pixel for rounding. */
function halfStep(values: Int32Array): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((value, k) => value - sorted[k]!);
  return steps.reduce((widest, step) => Math.max(widest, step), 0) / 2 + FINE;
}

/** Cells by the bucket that they lie in: those of bucket `b` are `members[starts[b]]` up to `members[starts[b + 1]]`. */
interface Buckets {
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

function fillBuckets(xs: Int32Array, ys: Int32Array, width: number, height: number): Buckets {
  const size = Math.max(4 * FINE, Math.ceil(Math.sqrt((2 * width * height) / xs.length)));
  const columns = Math.ceil(width / size) + 1;
  const rows = Math.ceil(height / size) + 1;
  const bucketOf = (k: number): number =>
    placeOf(ys[k]!, size, rows) * columns + placeOf(xs[k]!, size, columns);
  const starts = new Int32Array(columns * rows + 1);
  for (let k = 0; k < xs.length; k++) starts[bucketOf(k) + 1]!++;
  for (let b = 0; b < columns * rows; b++) starts[b + 1]! += starts[b]!;
  const members = new Int32Array(xs.length);
  const next = starts.slice();
  for (let k = 0; k < xs.length; k++) members[next[bucketOf(k)]!++] = k;
  return { size, columns, rows, starts, members };
}

/** The bucket of a coordinate; what lies beside the canvas belongs to the last one. */
function placeOf(at: number, size: number, places: number): number {
  return Math.min(places - 1, Math.max(0, Math.floor(at / size)));
}

/**
 * For each cell the square of the distance within which no other cell can be nearer: half of the way to its nearest neighbour,
 * looked for in its own bucket and the eight around it (beyond them everything is at least a bucket away).
 */
function ownRadii(xs: Int32Array, ys: Int32Array, buckets: Buckets): Int32Array {
  const { size, columns, rows, starts, members } = buckets;
  const own = new Int32Array(xs.length);
  for (let self = 0; self < xs.length; self++) {
    const [x, y] = [xs[self]!, ys[self]!];
    const [column, row] = [placeOf(x, size, columns), placeOf(y, size, rows)];
    const [left, right] = [Math.max(0, column - 1), Math.min(columns - 1, column + 1)];
    let least = size * size;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      const last = starts[r * columns + right + 1]!;
      for (let m = starts[r * columns + left]!; m < last; m++) {
        const k = members[m]!;
        if (k === self) continue;
        const distance = squared(xs[k]! - x, ys[k]! - y);
        if (distance < least) least = distance;
      }
    }
    own[self] = least >> 2;
  }
  return own;
}

/** Looks ring by ring around the pixel's bucket until no nearer cell can be left; starts from the left pixel's answer. */
function nearest(
  x: number,
  y: number,
  xs: Int32Array,
  ys: Int32Array,
  buckets: Buckets,
  guess: number,
): number {
  const { size, columns, rows, starts, members } = buckets;
  const column = Math.floor(x / size);
  const row = Math.floor(y / size);
  let best = guess;
  let bestDistance = squared(xs[guess]! - x, ys[guess]! - y);
  const farthest = Math.max(columns, rows);
  // From the pixel to the nearest edge of its bucket: what lies in ring n is at least n - 1 buckets further.
  const [left, top] = [x - column * size, y - row * size];
  const inner = Math.min(left, size - left, top, size - top);
  for (let ring = 0; ring <= farthest; ring++) {
    const reach = inner + (ring - 1) * size;
    if (ring > 0 && reach > 0 && reach * reach >= bestDistance) break;
    for (let r = Math.max(0, row - ring); r <= Math.min(rows - 1, row + ring); r++) {
      const edge = r === row - ring || r === row + ring;
      const stride = edge || ring === 0 ? 1 : 2 * ring;
      for (let c = column - ring; c <= column + ring; c += stride) {
        if (c < 0 || c >= columns) continue;
        const last = starts[r * columns + c + 1]!;
        for (let m = starts[r * columns + c]!; m < last; m++) {
          const k = members[m]!;
          const distance = squared(xs[k]! - x, ys[k]! - y);
          if (distance < bestDistance) {
            bestDistance = distance;
            best = k;
          }
        }
      }
    }
  }
  return best;
}

function squared(x: number, y: number): number {
  return x * x + y * y;
}

/** The pixels of each row that lie inside the frame's convex outline: from `first` to before `end`. */
interface Spans {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

function spansOf({ outline }: MapFrame, width: number, height: number, ratio: number): Spans {
  const [first, end] = [new Int32Array(height), new Int32Array(height)];
  for (let y = 0; y < height; y++) {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    const middle = (y + 0.5) / ratio;
    for (let k = 0; k < outline.length; k++) {
      const a = outline[k]!;
      const b = outline[(k + 1) % outline.length]!;
      if (b[1] > middle === a[1] > middle) continue;
      const x = (a[0] + ((middle - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) * ratio;
      from = Math.min(from, x);
      to = Math.max(to, x);
    }
    first[y] = from > to ? 0 : Math.max(0, Math.ceil(from));
    end[y] = from > to ? 0 : Math.min(width, Math.ceil(to));
  }
  return { first, end };
}
