import type { MapData } from "../map-data.ts";
import type { MapFrame } from "./map-frame.ts";

/** Where a region's name is written, in pixels. */
export interface LabelSpot {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** A region smaller than this share of the map is named in the legend only. */
const SHARE_MIN = 0.012;
/** Approximate size of a letter, px. */
const LETTER = { width: 6.6, height: 13 };

/**
 * A place inside each region for its name: the cell of the region nearest to the region's centre of mass. Names that
 * would overlap one that is larger are left out; the legend has them all.
 */
export function labelSpots(data: MapData, frame: MapFrame): LabelSpot[] {
  const { cells, labels } = data;
  const sums = labels.map(() => ({ n: 0, x: 0, y: 0 }));
  for (let k = 0; k < cells.count; k++) {
    const sum = sums[cells.label[k] ?? -1];
    if (sum === undefined) continue;
    sum.n++;
    sum.x += cells.x[k] ?? 0;
    sum.y += cells.y[k] ?? 0;
  }
  const nearest = nearestCells(data, sums);
  const order = labels
    .map((label, k) => ({ label, k, n: sums[k]?.n ?? 0 }))
    .filter(({ n }) => n > 0 && n >= SHARE_MIN * cells.count)
    .sort((a, b) => b.n - a.n);
  const spots: LabelSpot[] = [];
  for (const { label, k } of order) {
    const cell = nearest[k] ?? 0;
    const [x, y] = frame.toPixel([cells.x[cell] ?? 0, cells.y[cell] ?? 0]);
    const spot = { label, x, y };
    if (spots.every((other) => !overlap(spot, other))) spots.push(spot);
  }
  return spots;
}

function nearestCells(
  { cells }: MapData,
  sums: readonly { readonly n: number; readonly x: number; readonly y: number }[],
): number[] {
  const best = sums.map(() => ({ cell: -1, distance: Number.POSITIVE_INFINITY }));
  for (let k = 0; k < cells.count; k++) {
    const label = cells.label[k] ?? -1;
    const [sum, found] = [sums[label], best[label]];
    if (sum === undefined || found === undefined) continue;
    const distance = Math.hypot(
      (cells.x[k] ?? 0) - sum.x / sum.n,
      (cells.y[k] ?? 0) - sum.y / sum.n,
    );
    if (distance < found.distance) {
      found.distance = distance;
      found.cell = k;
    }
  }
  return best.map(({ cell }) => cell);
}

function overlap(a: LabelSpot, b: LabelSpot): boolean {
  const width = ((a.label.length + b.label.length) / 2) * LETTER.width;
  return Math.abs(a.x - b.x) < width && Math.abs(a.y - b.y) < LETTER.height;
}
