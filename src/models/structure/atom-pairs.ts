import type { AtomBox } from "./atom-box.ts";
import { type AtomImages, createImages } from "./atom-images.ts";

/** A stretch of pairs: atoms `i`, `j` (numbers of the box's atoms; equal for an atom and its own image), r^2 in A^2. */
export interface PairBatch {
  readonly i: Int32Array;
  readonly j: Int32Array;
  readonly r2: Float64Array;
}

const BATCH_PAIRS = 8192;
/** Bins are never so many that empty ones cost more than the atoms. */
const BINS_PER_POINT_MAX = 4;

/**
 * Visits every pair of atoms (with every periodic image) closer than `radius`, once, in batches that share their
 * arrays. Cell list over explicit images: linear in the number of atoms at a given density, any periodic box.
 * `radius` in A. Throws TL-7005 for an unusable cell.
 */
export function visitPairs(
  box: AtomBox,
  radius: number,
  visit: (batch: PairBatch, count: number) => void,
): void {
  const images = createImages(box, radius);
  const bins = fillBins(images, radius);
  const i = new Int32Array(BATCH_PAIRS);
  const j = new Int32Array(BATCH_PAIRS);
  const r2 = new Float64Array(BATCH_PAIRS);
  const batch = { i, j, r2 };
  const limit = radius * radius;
  const { order, x, y, z, first, nx, ny, nz } = bins;
  let count = 0;
  const compare = (p: number, from: number, to: number): void => {
    const px = x[p]!;
    const py = y[p]!;
    const pz = z[p]!;
    const a = order[p]!;
    for (let q = from; q < to; q++) {
      const dx = x[q]! - px;
      const dy = y[q]! - py;
      const dz = z[q]! - pz;
      const d2 = dx * dx + dy * dy + dz * dz;
      if (d2 > limit) continue;
      const b = order[q]!;
      // Two images of other cells are no pair of this one; their own cells' pair stands for it.
      if (a >= box.atoms && b >= box.atoms) continue;
      i[count] = images.atom[a]!;
      j[count] = images.atom[b]!;
      r2[count++] = d2;
      if (count === BATCH_PAIRS) {
        visit(batch, count);
        count = 0;
      }
    }
  };
  for (let cz = 0; cz < nz; cz++) {
    for (let cy = 0; cy < ny; cy++) {
      for (let cx = 0; cx < nx; cx++) {
        const bin = (cz * ny + cy) * nx + cx;
        const last = first[bin + 1]!;
        const stretches = laterNeighbours(bins, cx, cy, cz);
        for (let p = first[bin]!; p < last; p++) {
          compare(p, p + 1, last);
          for (let s = 0; s < stretches.length; s += 2)
            compare(p, stretches[s]!, stretches[s + 1]!);
        }
      }
    }
  }
  if (count > 0) visit(batch, count);
}

interface Bins {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  /** Start of each bin in the sorted points; one entry more than bins. */
  readonly first: Int32Array;
  /** Point numbers in sorted order, with their coordinates beside them. */
  readonly order: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

function fillBins(images: AtomImages, radius: number): Bins {
  const { points } = images;
  const [x0, x1] = range(images.x);
  const [y0, y1] = range(images.y);
  const [z0, z1] = range(images.z);
  let size = radius;
  const counts = (): [number, number, number] => [
    Math.floor((x1 - x0) / size) + 1,
    Math.floor((y1 - y0) / size) + 1,
    Math.floor((z1 - z0) / size) + 1,
  ];
  let [nx, ny, nz] = counts();
  // A few atoms far from the rest would spread the bins out: larger bins stay right, only slower there.
  while (nx * ny * nz > Math.max(64, BINS_PER_POINT_MAX * points)) {
    size *= 1.3;
    [nx, ny, nz] = counts();
  }
  const bin = new Int32Array(points);
  const first = new Int32Array(nx * ny * nz + 1);
  for (let p = 0; p < points; p++) {
    const b =
      (Math.floor((images.z[p]! - z0) / size) * ny + Math.floor((images.y[p]! - y0) / size)) * nx +
      Math.floor((images.x[p]! - x0) / size);
    bin[p] = b;
    first[b + 1]! += 1;
  }
  for (let b = 0; b < nx * ny * nz; b++) first[b + 1]! += first[b]!;
  const next = first.slice(0, -1);
  const order = new Int32Array(points);
  for (let p = 0; p < points; p++) order[next[bin[p]!]!++] = p;
  const sorted = (from: Float64Array): Float64Array => {
    const out = new Float64Array(points);
    for (let s = 0; s < points; s++) out[s] = from[order[s]!]!;
    return out;
  };
  return {
    nx,
    ny,
    nz,
    first,
    order,
    x: sorted(images.x),
    y: sorted(images.y),
    z: sorted(images.z),
  };
}

function range(values: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Stretches of sorted points in the 13 bins after this one; neighbours along x are one stretch. */
function laterNeighbours(bins: Bins, cx: number, cy: number, cz: number): number[] {
  const { nx, ny, nz, first } = bins;
  const out: number[] = [];
  const row = (y: number, z: number, from: number): void => {
    if (y < 0 || y >= ny || z >= nz) return;
    const start = Math.max(0, from);
    const end = Math.min(nx - 1, cx + 1);
    if (start > end) return;
    const at = (z * ny + y) * nx;
    out.push(first[at + start]!, first[at + end + 1]!);
  };
  row(cy, cz, cx + 1);
  row(cy + 1, cz, cx - 1);
  for (const y of [cy - 1, cy, cy + 1]) row(y, cz + 1, cx - 1);
  return out;
}
