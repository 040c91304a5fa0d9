import { type AtomBox, inverseCell, perpendicularWidths } from "./atom-box.ts";
import { dividingSurface, type LinearCoordinates } from "./order-profile.ts";

/** A flat boundary between two classes, across one lattice direction. */
export interface Interface {
  readonly axis: "a" | "b" | "c";
  /** Place along the direction's normal, A, in the coordinates of the file: z of a box whose c lies along z. */
  readonly position_A: number;
  /** The same as a share of the cell's width, 0..1. */
  readonly fraction: number;
  /** Class below and class above. */
  readonly between: readonly [number, number];
}

const SLICE_A = 2;
/** A slab belongs to a class where this share of its atoms does, on average over its slices. */
const PURE = 0.8;
/** A slab purer than that over less than this, after smoothing over three slices, is a fluctuation, not a phase. */
const SLAB_A = 3;
const SMOOTHING_SLICES = 1;

/**
 * Finds where one phase ends and another begins: atoms are counted in slices of about 2 A normal to each lattice
 * direction; a boundary lies where the share of a class, smoothed over three slices, crosses one half between two slabs
 * that are each 80 % one class over at least 3 A of smoothed slices. With linear coordinates of the atoms it lies
 * where a sharp step would hold as much order, see `dividingSurface`. Empty for a frame of one phase, or whose phases lie side by side in no slab.
 */
export function findInterfaces(
  box: AtomBox,
  classes: Int32Array,
  count: number,
  space?: LinearCoordinates,
): Interface[] {
  const inverse = inverseCell(box.cell);
  const widths = perpendicularWidths(inverse);
  const found = ([0, 1, 2] as const).map((k) =>
    along({ box, classes, count, inverse, space }, k, widths[k]),
  );
  // Slabs across one direction look like noise across the others; the direction of purest slices is the one meant.
  return found.reduce((a, b) => (b.purity > a.purity ? b : a)).interfaces;
}

interface Classified {
  readonly box: AtomBox;
  readonly classes: Int32Array;
  readonly count: number;
  readonly inverse: Float64Array;
  readonly space: LinearCoordinates | undefined;
}

function along({ box, classes, count, inverse, space }: Classified, k: 0 | 1 | 2, width: number) {
  const slices = Math.max(3, Math.round(width / SLICE_A));
  const tally = new Float64Array(slices * count);
  const sliceOf = new Int32Array(box.atoms);
  for (let a = 0; a < box.atoms; a++) {
    let f = 0;
    for (let c = 0; c < 3; c++)
      f += inverse[3 * k + c]! * (box.positions[3 * a + c]! - box.origin[c]!);
    const slice = Math.min(slices - 1, Math.floor((f - Math.floor(f)) * slices));
    sliceOf[a] = slice;
    tally[slice * count + classes[a]!]! += 1;
  }
  const shares = smoothShares(tally, slices, count, box.periodic[k]);
  const purity = meanPurity(shares, slices, count);
  const slabs = findSlabs(shares, slices, count, box.periodic[k], width);
  const axis = (["a", "b", "c"] as const)[k];
  const start_A = originAlong(box, inverse, k) * width;
  const interfaces = slabs.flatMap((slab, n): Interface[] => {
    const next = slabs[n + 1] ?? (box.periodic[k] && slabs.length > 1 ? slabs[0] : undefined);
    if (next === undefined || next.label === slab.label) return [];
    const gap = (next.start - slab.end + slices) % slices;
    const middle =
      (space && dividingSurface(box, space, sliceOf, slices, [slab, next])) ??
      crossing(shares, slices, count, slab, gap);
    const fraction = middle / slices - Math.floor(middle / slices);
    return [
      { axis, position_A: start_A + fraction * width, fraction, between: [slab.label, next.label] },
    ];
  });
  return { purity: interfaces.length > 0 ? purity : -1, interfaces };
}

/** The box's origin along direction k, as a share of the width. */
function originAlong({ origin }: AtomBox, inverse: Float64Array, k: number): number {
  return origin.reduce((sum, value, c) => sum + inverse[3 * k + c]! * value, 0);
}

interface Slab {
  readonly label: number;
  /** First slice, and the slice after the last one (may pass the end in a periodic direction). */
  readonly start: number;
  readonly end: number;
}

function smoothShares(
  tally: Float64Array,
  slices: number,
  count: number,
  periodic: boolean,
): Float64Array {
  const shares = new Float64Array(slices * count);
  for (let s = 0; s < slices; s++) {
    let total = 0;
    for (let d = -SMOOTHING_SLICES; d <= SMOOTHING_SLICES; d++) {
      const t = periodic ? (s + d + slices) % slices : Math.min(slices - 1, Math.max(0, s + d));
      for (let c = 0; c < count; c++) {
        shares[s * count + c]! += tally[t * count + c]!;
        total += tally[t * count + c]!;
      }
    }
    if (total > 0) for (let c = 0; c < count; c++) shares[s * count + c]! /= total;
  }
  return shares;
}

function meanPurity(shares: Float64Array, slices: number, count: number): number {
  let sum = 0;
  for (let s = 0; s < slices; s++) {
    let most = 0;
    for (let c = 0; c < count; c++) most = Math.max(most, shares[s * count + c]!);
    sum += most / slices;
  }
  return sum;
}

function findSlabs(
  shares: Float64Array,
  slices: number,
  count: number,
  periodic: boolean,
  width: number,
): Slab[] {
  const labelOf = (s: number): number => {
    for (let c = 0; c < count; c++) if (shares[(s % slices) * count + c]! >= PURE) return c;
    return -1;
  };
  // Start where a slab starts, so that one across the periodic face is not cut in two.
  let first = 0;
  if (periodic) while (first < slices && labelOf(first) === labelOf(first + slices - 1)) first++;
  const slabs: Slab[] = [];
  const thinnest = (SLAB_A / width) * slices;
  for (let s = first; s < first + slices; ) {
    const label = labelOf(s);
    let end = s + 1;
    while (end < first + slices && labelOf(end) === label) end++;
    if (label >= 0 && end - s >= thinnest) slabs.push({ label, start: s, end });
    s = end;
  }
  return slabs;
}

/** Where the lower slab's class falls through one half, in slices; the middle of the gap where it does not. */
function crossing(
  shares: Float64Array,
  slices: number,
  count: number,
  slab: Slab,
  gap: number,
): number {
  const share = (s: number): number => shares[(s % slices) * count + slab.label]!;
  for (let s = slab.end - 1; s <= slab.end + gap; s++) {
    const [here, after] = [share(s), share(s + 1)];
    if (here >= 0.5 && after < 0.5) return s + 0.5 + (here - 0.5) / (here - after);
  }
  return slab.end + gap / 2;
}
