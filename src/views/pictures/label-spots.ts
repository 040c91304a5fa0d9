import type { MapData } from "../map-data.ts";
import type { MapFrame } from "./map-frame.ts";
import { textWidth } from "./text-width.ts";

/** Where a region's name (or its number in the key) is written, in pixels. */
export interface LabelSpot {
  /** What is written. */
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** A region smaller than this share of the map is named in the legend only. */
const SHARE_MIN = 0.012;
/** Size of the written names, px. */
const LETTER = { size: 11, height: 13 };

/** A horizontal stretch of cells of one label, px. */
interface Run {
  readonly label: number;
  readonly y: number;
  readonly left: number;
  readonly right: number;
}

/**
 * A place inside each region for its name: near the region's centre of mass, on a stretch of cells that has room for it. Where
 * the name is wider than its region, `numberOf` gives what is written in its place (the number in the key);
 * without it the name may stand out a little. Names that would overlap one of a larger region are left out; the
 * legend has them all.
 */
export function labelSpots(
  data: MapData,
  frame: MapFrame,
  numberOf?: (label: number) => string | undefined,
): LabelSpot[] {
  const { cells, labels } = data;
  const pixels = pixelsOf(data, frame);
  const centres = centresOf(data, pixels);
  const stretches = bestStretches(data, pixels, centres);
  const least = numberOf === undefined ? SHARE_MIN * cells.count : 1;
  const order = [...labels.keys()]
    .filter((k) => (centres[k]?.n ?? 0) >= Math.max(1, least))
    .sort((a, b) => (centres[b]?.n ?? 0) - (centres[a]?.n ?? 0));
  const spots: LabelSpot[] = [];
  for (const k of order) {
    const run = stretches[k];
    const name = labels[k] ?? "";
    if (run === undefined) continue;
    const fits = numberOf === undefined || widthOf(name) <= run.right - run.left;
    const label = (fits ? name : numberOf?.(k)) ?? "";
    const spot = { label, x: placeOn(run, widthOf(label), centres[k]?.x ?? 0), y: run.y };
    const isFree = spots.every((other) => !overlap(spot, other));
    if (label !== "" && isFree) spots.push(spot);
  }
  return spots;
}

/** As near to `x` as a text of this width may stand on the stretch; its middle where it is too wide. */
function placeOn({ left, right }: Run, width: number, x: number): number {
  const [first, last] = [left + width / 2, right - width / 2];
  return first > last ? (left + right) / 2 : Math.min(last, Math.max(first, x));
}

interface Centre {
  readonly n: number;
  readonly x: number;
  readonly y: number;
}

type Triple = [Float64Array, Float64Array, Float64Array];

interface Pixels {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Where the cells' middles are, px. */
function pixelsOf({ cells }: MapData, frame: MapFrame): Pixels {
  const pixels = { x: new Float64Array(cells.count), y: new Float64Array(cells.count) };
  for (let k = 0; k < cells.count; k++) {
    pixels.x[k] = frame.xOf(cells.x[k] ?? 0);
    pixels.y[k] = frame.yOf(cells.y[k] ?? 0);
  }
  return pixels;
}

function centresOf({ cells, labels }: MapData, pixels: Pixels): Centre[] {
  const [ns, xs, ys] = [0, 1, 2].map(() => new Float64Array(labels.length)) as Triple;
  for (let k = 0; k < cells.count; k++) {
    const label = cells.label[k] ?? -1;
    if (label < 0 || label >= labels.length) continue;
    ns[label] = (ns[label] ?? 0) + 1;
    xs[label] = (xs[label] ?? 0) + (pixels.x[k] ?? 0);
    ys[label] = (ys[label] ?? 0) + (pixels.y[k] ?? 0);
  }
  return labels.map((_, k) => {
    const n = ns[k] ?? 0;
    return { n, x: (xs[k] ?? 0) / Math.max(1, n), y: (ys[k] ?? 0) / Math.max(1, n) };
  });
}

/** For each label the stretch that has most room for its name, up to what the name needs; of several the most central. */
function bestStretches(
  { cells, labels }: MapData,
  pixels: Pixels,
  centres: readonly Centre[],
): (Run | undefined)[] {
  const rows = new Map<number, number[]>();
  for (let k = 0; k < cells.count; k++) {
    const key = Math.round(4 * (pixels.y[k] ?? 0));
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [k]);
    else row.push(k);
  }
  const runs = [...rows].map(([key, row]) => ({
    y: key / 4,
    runs: runsOf(row, pixels.x, cells.label, key / 4),
  }));
  runs.sort((a, b) => a.y - b.y);
  const needed = labels.map(widthOf);
  const best = labels.map(() => ({ room: 0, distance: 0, run: undefined as Run | undefined }));
  for (const [at, row] of runs.entries()) {
    for (const run of row.runs) {
      const known = best[run.label];
      const need = needed[run.label] ?? 0;
      // Most stretches are too short from the outset.
      if (known === undefined || Math.min(need, run.right - run.left) < known.room - 1e-9) continue;
      const free = narrowed(run, at, runs);
      const room = Math.min(need, free.right - free.left);
      const { x, y } = centres[run.label] ?? { x: 0, y: 0 };
      const distance = Math.hypot(placeOn(free, room, x) - x, free.y - y);
      const isBetter =
        room > known.room + 1e-9 || (room > known.room - 1e-9 && distance < known.distance);
      if (known.run === undefined || isBetter) best[run.label] = { room, distance, run: free };
    }
  }
  return best.map(({ run }) => run);
}

function runsOf(row: number[], x: Float64Array, labels: Int16Array, y: number): Run[] {
  row.sort((a, b) => x[a]! - x[b]!);
  let gap = row.length < 2 ? 8 : Number.POSITIVE_INFINITY;
  for (let k = 1; k < row.length; k++) gap = Math.min(gap, x[row[k]!]! - x[row[k - 1]!]!);
  const runs: Run[] = [];
  let left = x[row[0]!]!;
  for (let k = 0; k < row.length; k++) {
    const here = x[row[k]!]!;
    const label = labels[row[k]!]!;
    const isLast =
      k + 1 === row.length || labels[row[k + 1]!] !== label || x[row[k + 1]!]! - here >= 1.6 * gap;
    if (!isLast) continue;
    if (label >= 0) runs.push({ label, y, left: left - gap / 2, right: here + gap / 2 });
    if (k + 1 < row.length) left = x[row[k + 1]!]!;
  }
  return runs;
}

/** What is left of a stretch where the rows above and below it that a text touches have the same label. */
function narrowed(
  run: Run,
  at: number,
  rows: readonly { readonly y: number; readonly runs: readonly Run[] }[],
): Run {
  let { left, right } = run;
  const middle = (left + right) / 2;
  for (const step of [-1, 1]) {
    for (let k = at + step; rows[k] !== undefined; k += step) {
      const row = rows[k];
      if (row === undefined || Math.abs(row.y - run.y) > LETTER.height / 2) break;
      const beside = row.runs.find(
        (other) => other.label === run.label && other.left <= middle && other.right >= middle,
      );
      left = Math.max(left, beside?.left ?? middle - 1);
      right = Math.min(right, beside?.right ?? middle + 1);
    }
  }
  return { ...run, left, right: Math.max(left, right) };
}

function widthOf(name: string): number {
  return textWidth(name, LETTER.size, true) + 4;
}

function overlap(a: LabelSpot, b: LabelSpot): boolean {
  const width = (widthOf(a.label) + widthOf(b.label)) / 2;
  return Math.abs(a.x - b.x) < width && Math.abs(a.y - b.y) < LETTER.height;
}
