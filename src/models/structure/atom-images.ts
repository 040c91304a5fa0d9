import { LabError } from "../../core/errors.ts";
import { type AtomBox, inverseCell, perpendicularWidths } from "./atom-box.ts";

/** Atoms wrapped into the box, followed by the periodic images that lie within `radius` of it on its upper sides. */
export interface AtomImages {
  /** All points: the box's own atoms first, then images. */
  readonly points: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** The own atom that each point is, or is an image of. */
  readonly atom: Int32Array;
}

/** More images than this per atom: the cell is far smaller than the radius, surely a mistake in its units. */
const IMAGES_PER_ATOM_MAX = 20_000;

/**
 * Wraps the atoms and makes explicit images, so that any cell serves: tilted, or smaller than the radius (then an atom
 * has several images of another, and of itself). Only images with a lexicographically positive shift are made: a pair
 * (i, image of j) is then found exactly once.
 * Throws TL-7005 for a cell without volume or one that needs an absurd number of images.
 */
export function createImages(box: AtomBox, radius: number): AtomImages {
  const inverse = inverseCell(box.cell);
  const widths = perpendicularWidths(inverse);
  const reach = widths.map((width, k) => (box.periodic[k] ? Math.ceil(radius / width) : 0));
  const fractional = wrap(box, inverse);
  const shifts = positiveShifts(reach as [number, number, number]);
  const margin = widths.map((width) => radius / width) as [number, number, number];
  const found = selectImages(box, fractional, shifts, margin);
  const points = box.atoms + found.count;
  const out = {
    points,
    x: new Float64Array(points),
    y: new Float64Array(points),
    z: new Float64Array(points),
    atom: new Int32Array(points),
  };
  const place = (point: number, atom: number, s: readonly number[]): void => {
    const f = fractional[3 * atom]! + s[0]!;
    const g = fractional[3 * atom + 1]! + s[1]!;
    const h = fractional[3 * atom + 2]! + s[2]!;
    const c = box.cell;
    out.x[point] = f * c[0]! + g * c[3]! + h * c[6]!;
    out.y[point] = f * c[1]! + g * c[4]! + h * c[7]!;
    out.z[point] = f * c[2]! + g * c[5]! + h * c[8]!;
    out.atom[point] = atom;
  };
  for (let i = 0; i < box.atoms; i++) place(i, i, [0, 0, 0]);
  for (let e = 0; e < found.count; e++)
    place(box.atoms + e, found.atom[e]!, shifts[found.shift[e]!]!);
  return out;
}

/** Fractional coordinates, wrapped into [0, 1) along the periodic directions. */
function wrap(box: AtomBox, inverse: Float64Array): Float64Array {
  const out = new Float64Array(3 * box.atoms);
  const [ox, oy, oz] = box.origin;
  for (let i = 0; i < box.atoms; i++) {
    const x = box.positions[3 * i]! - ox;
    const y = box.positions[3 * i + 1]! - oy;
    const z = box.positions[3 * i + 2]! - oz;
    for (let k = 0; k < 3; k++) {
      const f = inverse[3 * k]! * x + inverse[3 * k + 1]! * y + inverse[3 * k + 2]! * z;
      const wrapped = box.periodic[k] ? f - Math.floor(f) : f;
      out[3 * i + k] = wrapped;
    }
  }
  return out;
}

function positiveShifts(reach: readonly [number, number, number]): [number, number, number][] {
  const out: [number, number, number][] = [];
  const [ra, rb, rc] = reach;
  if ((2 * ra + 1) * (2 * rb + 1) * (2 * rc + 1) > IMAGES_PER_ATOM_MAX)
    throw new LabError(
      "TL-7005",
      `The cell is far smaller than the cutoff: it would take ${2 * ra + 1} x ${2 * rb + 1} x ${2 * rc + 1} copies`,
      { hint: "Check the units of the lattice vectors (A) and the cutoff." },
    );
  for (let a = 0; a <= ra; a++) {
    for (let b = a === 0 ? 0 : -rb; b <= rb; b++) {
      for (let c = a === 0 && b === 0 ? 1 : -rc; c <= rc; c++) out.push([a, b, c]);
    }
  }
  return out;
}

/** The (atom, shift) whose image lies within the margin around the unit cell. */
function selectImages(
  box: AtomBox,
  fractional: Float64Array,
  shifts: readonly (readonly [number, number, number])[],
  margin: readonly [number, number, number],
) {
  let capacity = Math.max(64, box.atoms);
  let atom = new Int32Array(capacity);
  let shift = new Int32Array(capacity);
  let count = 0;
  const inside = (value: number, k: 0 | 1 | 2): boolean =>
    !box.periodic[k] || (value >= -margin[k] && value <= 1 + margin[k]);
  shifts.forEach(([a, b, c], s) => {
    for (let i = 0; i < box.atoms; i++) {
      if (!inside(fractional[3 * i]! + a, 0)) continue;
      if (!inside(fractional[3 * i + 1]! + b, 1)) continue;
      if (!inside(fractional[3 * i + 2]! + c, 2)) continue;
      if (count === capacity) {
        capacity *= 2;
        atom = grown(atom, capacity);
        shift = grown(shift, capacity);
      }
      atom[count] = i;
      shift[count++] = s;
    }
  });
  return { count, atom, shift };
}

function grown(a: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(capacity);
  out.set(a);
  return out;
}
