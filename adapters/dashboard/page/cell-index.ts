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

/**
 * For each device pixel the nearest cell (the Voronoi diagram of the candidates), -1 where there is none. Made once a size;
 * every drawing after that is a look-up a pixel. Buckets of about two cells keep the search local: O(pixels).
 */
export function buildCellIndex(options: CellIndexOptions): Int32Array<ArrayBuffer> {
  const { data, frame, width, height, ratio } = options;
  const { count } = data.cells;
  const index = new Int32Array(width * height).fill(-1);
  if (count === 0) return index;
  const xs = new Float32Array(count);
  const ys = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const [x, y] = frame.toPixel([data.cells.x[k]!, data.cells.y[k]!]);
    xs[k] = x * ratio;
    ys[k] = y * ratio;
  }
  const buckets = fillBuckets(xs, ys, width, height);
  const inside = outlineTest(frame.outline.map(([x, y]) => [x * ratio, y * ratio] as const));
  const reach = reachOfCells(data, xs, ys);
  let guess = 0;
  for (let y = 0; y < height; y++) {
    const [from, to] = inside(y + 0.5);
    for (let x = Math.max(0, Math.ceil(from)); x < Math.min(width, to); x++) {
      guess = nearest(x, y, xs, ys, buckets, guess);
      const isEmpty = Math.abs(xs[guess]! - x) > reach.x || Math.abs(ys[guess]! - y) > reach.y;
      if (!isEmpty) index[y * width + x] = guess;
    }
  }
  return index;
}

/**
 * How far a cell reaches on each axis, device pixels. On two axes of a composition half of the plane is impossible: a grid's cell
 * ends half a step from its candidate. Scattered candidates, and the triangle, fill their plane.
 */
function reachOfCells(
  { plane, cells }: MapData,
  xs: Float32Array,
  ys: Float32Array,
): { readonly x: number; readonly y: number } {
  if (plane.kind === "ternary" || findLattice(plane, cells) === undefined)
    return { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY };
  return { x: halfStep(xs), y: halfStep(ys) };
}

/** Half the widest step between neighbouring values, and a pixel for rounding. */
function halfStep(values: Float32Array): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((value, k) => value - sorted[k]!);
  return steps.reduce((widest, step) => Math.max(widest, step), 0) / 2 + 1;
}

interface Buckets {
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
  readonly members: readonly (readonly number[])[];
}

function fillBuckets(xs: Float32Array, ys: Float32Array, width: number, height: number): Buckets {
  const size = Math.max(4, Math.sqrt((2 * width * height) / xs.length));
  const columns = Math.ceil(width / size) + 1;
  const rows = Math.ceil(height / size) + 1;
  const members: number[][] = Array.from({ length: columns * rows }, () => []);
  for (let k = 0; k < xs.length; k++) {
    const column = Math.min(columns - 1, Math.max(0, Math.floor(xs[k]! / size)));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(ys[k]! / size)));
    members[row * columns + column]!.push(k);
  }
  return { size, columns, rows, members };
}

/** Looks ring by ring around the pixel's bucket until no nearer cell can be left; starts from the left pixel's answer. */
function nearest(
  x: number,
  y: number,
  xs: Float32Array,
  ys: Float32Array,
  buckets: Buckets,
  guess: number,
): number {
  const { size, columns, rows, members } = buckets;
  const column = Math.floor(x / size);
  const row = Math.floor(y / size);
  let best = guess;
  let bestDistance = (xs[guess]! - x) ** 2 + (ys[guess]! - y) ** 2;
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
        for (const k of members[r * columns + c]!) {
          const distance = (xs[k]! - x) ** 2 + (ys[k]! - y) ** 2;
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

/** For a row of pixels, the span of x inside a convex outline. */
function outlineTest(
  outline: readonly (readonly [number, number])[],
): (y: number) => [from: number, to: number] {
  return (y) => {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < outline.length; k++) {
      const [x1, y1] = outline[k]!;
      const [x2, y2] = outline[(k + 1) % outline.length]!;
      if (y1 > y === y2 > y) continue;
      const x = x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
      from = Math.min(from, x);
      to = Math.max(to, x);
    }
    return [from, to];
  };
}
