import type { AtomBox } from "./atom-box.ts";

/** Linear coordinates of atoms, for instance principal components of their descriptors; atoms x components. */
export interface LinearCoordinates {
  readonly values: Float64Array;
  readonly components: number;
}

/** A stretch of slices of one class; `end` is the slice after the last one and may pass the end of a periodic box. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Where one slab's order gives way to the next one's, in slices. The order of an atom is its place between the mean
 * coordinates of the two slabs' inner halves, 1 in the first and 0 in the second; the boundary is Gibbs' dividing surface,
 * where a sharp step would hold as much order as the profile does. The coordinates are linear in the descriptors, and
 * these are averages over a sphere: across a sharp boundary they change evenly about it, whereas a classifier gives the
 * mixed atoms to whichever class lies nearer (2 A too far into crystalline silicon).
 * `sliceOf` is the slice of each atom. `undefined` where the two slabs have the same order.
 */
export function dividingSurface(
  box: AtomBox,
  { values, components }: LinearCoordinates,
  sliceOf: Int32Array,
  slices: number,
  [first, second]: readonly [Stretch, Stretch],
): number | undefined {
  const kind = commonest(box.species);
  const sums = new Float64Array(slices * components);
  const counts = new Float64Array(slices);
  for (let a = 0; a < box.atoms; a++) {
    // Each species has a space of its own: one of them must do.
    if (box.species[a] !== kind) continue;
    counts[sliceOf[a]!]! += 1;
    for (let c = 0; c < components; c++)
      sums[sliceOf[a]! * components + c]! += values[a * components + c]!;
  }
  const meanOver = (stretch: Stretch): Float64Array =>
    meanCoordinates(sums, counts, components, slices, stretch);
  const below = innerHalf(first);
  const above = innerHalf(second);
  const one = meanOver(below);
  const other = meanOver(above);
  const between = one.map((value, c) => value - other[c]!);
  const length2 = between.reduce((sum, value) => sum + value * value, 0);
  if (!(length2 > 0)) return undefined;
  // The slab above may be the first one again, beyond the periodic face.
  const end = above.end + (above.end <= below.start ? slices : 0);
  let surface = below.start;
  for (let s = below.start; s < end; s++) {
    const here = meanOver({ start: s, end: s + 1 });
    surface += here.reduce((sum, v, c) => sum + (v - other[c]!) * between[c]!, 0) / length2;
  }
  return surface;
}

function innerHalf({ start, end }: Stretch): Stretch {
  const margin = Math.floor((end - start) / 4);
  return { start: start + margin, end: end - margin };
}

function meanCoordinates(
  sums: Float64Array,
  counts: Float64Array,
  components: number,
  slices: number,
  { start, end }: Stretch,
): Float64Array {
  const mean = new Float64Array(components);
  let total = 0;
  for (let s = start; s < end; s++) {
    const slice = (s + slices) % slices;
    total += counts[slice]!;
    for (let c = 0; c < components; c++) mean[c]! += sums[slice * components + c]!;
  }
  return mean.map((sum) => sum / Math.max(1, total));
}

function commonest(species: Int32Array): number {
  const counts = new Map<number, number>();
  for (const one of species) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0] as [number, number])[0];
}
