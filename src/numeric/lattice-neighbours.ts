import { invertSmall } from "./small-inverse.ts";

/** For each point the ones of larger numbers within a radius, ascending, in compressed rows. */
export interface PointsAbove {
  readonly start: Int32Array;
  readonly neighbour: Int32Array;
}

/** Fewer points are searched as quickly. */
const COUNT_min = 2000;
/** Points whose surroundings show the steps of the lattice. */
const SAMPLE = 3;
/** A point this far from its place is on no lattice, in the units of the points; tables round their fractions. */
const OFF_PLACE_max = 0.02;
/** So many places a point at most: holes are looked up too. */
const PLACES_max = 16;

/**
 * The same as a search among all points, where they lie on a lattice: neighbours are looked up at the places that the few vectors within
 * the radius lead to. `undefined` where they do not, where a place holds two, or where a vector is so near the radius
 * that rounding decides. Cost O(N vectors).
 */
export function latticeAbove(
  points: Float64Array,
  dimension: number,
  radius: number,
): PointsAbove | undefined {
  const count = points.length / dimension;
  if (count < COUNT_min) return undefined;
  const basis = findBasis(points, dimension, radius);
  if (basis === undefined) return undefined;
  const places = placeOnLattice(points, dimension, basis);
  if (places === undefined) return undefined;
  const steps = stepsWithin(basis, dimension, radius, places.strides);
  if (steps === undefined || steps.reach > MARGIN) return undefined;
  return lookUp(places, steps.offsets, count);
}

/** The shortest independent differences between a few points and those within the radius of them, as rows. */
function findBasis(
  points: Float64Array,
  dimension: number,
  radius: number,
): Float64Array | undefined {
  const count = points.length / dimension;
  const found: { readonly d2: number; readonly step: Float64Array }[] = [];
  for (let sample = 0; sample < SAMPLE; sample++) {
    const own = Math.floor(((sample + 0.5) * count) / SAMPLE) * dimension;
    for (let at = 0; at < points.length; at += dimension) {
      if (Math.abs(points[at]! - points[own]!) > radius || at === own) continue;
      let d2 = 0;
      for (let k = 0; k < dimension; k++) d2 += (points[at + k]! - points[own + k]!) ** 2;
      if (d2 > radius * radius) continue;
      const step = Float64Array.from(
        { length: dimension },
        (_, k) => points[at + k]! - points[own + k]!,
      );
      found.push({ d2, step });
    }
  }
  found.sort((a, b) => a.d2 - b.d2);
  const basis: Float64Array[] = [];
  const directions: Float64Array[] = [];
  for (const { step } of found) {
    const rest = step.slice();
    for (const unit of directions) {
      const along = unit.reduce((sum, x, k) => sum + x * step[k]!, 0);
      for (let k = 0; k < dimension; k++) rest[k]! -= along * unit[k]!;
    }
    const length = Math.hypot(...rest);
    if (length < 0.1 * Math.hypot(...step)) continue;
    basis.push(step);
    directions.push(rest.map((x) => x / length));
    if (basis.length === dimension) break;
  }
  return basis.length < dimension
    ? undefined
    : Float64Array.from(basis.flatMap((step) => [...step]));
}

/** Points by their places on a lattice, with a margin of empty places all around. */
interface Places {
  /** Place of each point. */
  readonly of: Int32Array;
  /** Point at each place, -1 where there is none. */
  readonly holds: Int32Array;
  readonly strides: readonly number[];
}

const MARGIN = 2;

function placeOnLattice(
  points: Float64Array,
  dimension: number,
  basis: Float64Array,
): Places | undefined {
  const count = points.length / dimension;
  const inverse = invertSmall(basis, dimension);
  // In double precision: a point 2^32 steps away must not come back to the others.
  const whole = new Float64Array(points.length);
  const least = new Float64Array(dimension);
  const most = new Float64Array(dimension);
  for (let at = 0; at < points.length; at += dimension) {
    for (let k = 0; k < dimension; k++) {
      let x = 0;
      for (let m = 0; m < dimension; m++)
        x += (points[at + m]! - points[m]!) * inverse[m * dimension + k]!;
      const place = Math.round(x);
      if (!(Math.abs(x - place) <= OFF_PLACE_max)) return undefined;
      whole[at + k] = place;
      if (place < least[k]!) least[k] = place;
      if (place > most[k]!) most[k] = place;
    }
  }
  const strides: number[] = [];
  let all = 1;
  for (let k = 0; k < dimension; k++) {
    strides.push(all);
    all *= most[k]! - least[k]! + 1 + 2 * MARGIN;
  }
  if (all > PLACES_max * count) return undefined;
  const of = new Int32Array(count);
  const holds = new Int32Array(all).fill(-1);
  for (let i = 0; i < count; i++) {
    let place = 0;
    for (let k = 0; k < dimension; k++)
      place += strides[k]! * (whole[i * dimension + k]! - least[k]! + MARGIN);
    if (holds[place] !== -1) return undefined;
    holds[place] = i;
    of[i] = place;
  }
  return { of, holds, strides };
}

/** Differences of places of the lattice's vectors within the radius, and the longest of their components. */
function stepsWithin(
  basis: Float64Array,
  dimension: number,
  radius: number,
  strides: readonly number[],
): { readonly offsets: Int32Array; readonly reach: number } | undefined {
  const offsets: number[] = [];
  let reach = 0;
  const width = 2 * MARGIN + 3;
  for (let number = 0; number < width ** dimension; number++) {
    const whole = Array.from(
      { length: dimension },
      (_, k) => (Math.floor(number / width ** k) % width) - MARGIN - 1,
    );
    if (whole.every((x) => x === 0)) continue;
    const vector = Array.from({ length: dimension }, (_, k) =>
      whole.reduce((sum, x, m) => sum + x * basis[m * dimension + k]!, 0),
    );
    const length = Math.hypot(...vector);
    // Each end may be off its place along every axis.
    if (Math.abs(length - radius) < 4 * OFF_PLACE_max * Math.sqrt(dimension)) return undefined;
    if (length > radius) continue;
    offsets.push(whole.reduce((sum, x, k) => sum + x * strides[k]!, 0));
    reach = Math.max(reach, ...whole.map(Math.abs));
  }
  return { offsets: Int32Array.from(offsets), reach };
}

function lookUp({ of, holds }: Places, offsets: Int32Array, count: number): PointsAbove {
  const start = new Int32Array(count + 1);
  // Each pair is found from one of its ends.
  const neighbour = new Int32Array((count * offsets.length) >> 1);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const place = of[i]!;
    const first = used;
    for (let o = 0; o < offsets.length; o++) {
      const j = holds[place + offsets[o]!]!;
      if (j <= i) continue;
      let slot = used++;
      for (; slot > first && neighbour[slot - 1]! > j; slot--)
        neighbour[slot] = neighbour[slot - 1]!;
      neighbour[slot] = j;
    }
    start[i + 1] = used;
  }
  return { start, neighbour: neighbour.subarray(0, used) };
}
