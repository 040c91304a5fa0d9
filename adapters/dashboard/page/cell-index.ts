import type { MapData } from "../../../src/views/map-data.ts";
import { findLattice } from "../../../src/views/pictures/cell-lattice.ts";
import type { MapFrame } from "../../../src/views/pictures/map-frame.ts";
import { FINE, fillGaps, type Places, type Spans } from "./cell-gaps.ts";

export interface CellIndexOptions {
  readonly data: MapData;
  readonly frame: MapFrame;
  /** Size of the canvas in device pixels. */
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/**
 * For each device pixel the nearest cell (the Voronoi diagram of the candidates), -1 where there is none. Made once a size;
 * every drawing after that is a look-up a pixel. Most pixels lie so near to a cell that no other can be nearer: each cell fills its own circle,
 * which the browser does in stretches; what lies between the circles is given to the nearest of its neighbours' cells: O(pixels).
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
  const places = { index, width, xs, ys };
  const gaps = fillGaps(places, height, spans);
  if (Number.isFinite(reach.x)) emptyBeyond(reach, places, gaps);
  return index;
}

/** Empties the gaps that lie farther from their cell than it reaches. */
function emptyBeyond(
  reach: { readonly x: number; readonly y: number },
  { index, width, xs, ys }: Places,
  gaps: Int32Array,
): void {
  for (const p of gaps) {
    const k = index[p]!;
    if (k < 0) continue;
    const y = Math.floor(p / width);
    const isFar =
      Math.abs(xs[k]! - (p - y * width) * FINE) > reach.x || Math.abs(ys[k]! - y * FINE) > reach.y;
    if (isFar) index[p] = -1;
  }
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
  // Of several at the same place the first stands.
  for (let k = xs.length - 1; k >= 0; k--) {
    const x = xs[k]!;
    const radius = Math.min(below(own[k]!), reach.y);
    const last = Math.min(height - 1, Math.floor((ys[k]! + radius) / FINE));
    for (let y = Math.max(0, Math.ceil((ys[k]! - radius) / FINE)); y <= last; y++) {
      const dy = ys[k]! - y * FINE;
      const half = Math.min(below(own[k]! - dy * dy), reach.x);
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
 * For each cell the square of the distance within which no other cell can be nearer: half of the way to its nearest neighbour at another
 * place, looked for in its own bucket and the eight around it (beyond them everything is at least a bucket away). Each pair is looked at once.
 */
function ownRadii(xs: Int32Array, ys: Int32Array, buckets: Buckets): Int32Array {
  const { size, columns, rows, starts, members } = buckets;
  const own = new Int32Array(xs.length).fill(size * size);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const b = row * columns + column;
      const here = starts[b + 1]!;
      // The bucket at the right goes on behind this one's members; the three below are one stretch.
      const beside = column + 1 < columns ? starts[b + 2]! : here;
      const left = row + 1 < rows ? starts[b + columns - (column > 0 ? 1 : 0)]! : 0;
      const right = row + 1 < rows ? starts[b + columns + (column + 1 < columns ? 2 : 1)]! : 0;
      for (let m = starts[b]!; m < here; m++) {
        const self = members[m]!;
        const x = xs[self]!;
        const y = ys[self]!;
        let least = own[self]!;
        for (let part = 0; part < 2; part++) {
          const last = part === 0 ? beside : right;
          for (let n = part === 0 ? m + 1 : left; n < last; n++) {
            const k = members[n]!;
            const dx = xs[k]! - x;
            const dy = ys[k]! - y;
            const distance = dx * dx + dy * dy;
            if (distance === 0) continue;
            if (distance < least) least = distance;
            if (distance < own[k]!) own[k] = distance;
          }
        }
        own[self] = least;
      }
    }
  }
  for (let k = 0; k < own.length; k++) own[k] = own[k]! >> 2;
  return own;
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
