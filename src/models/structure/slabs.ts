import { type AtomBox, inverseCell, perpendicularWidths } from "./atom-box.ts";

/** Part of a box with everything around it that its own atoms can feel. */
export interface Slab {
  readonly box: AtomBox;
  /** Atom of the whole box that each atom of the slab is. */
  readonly atom: Int32Array;
  /** The first so many atoms are the slab's own; the rest surround them. */
  readonly own: number;
}

/**
 * Cuts a box into `count` slabs of about equal numbers of atoms across its widest direction, each with a margin of
 * `reach_A` (for LAAF: Rc + Ra) of atoms and images on both sides, open in that direction. Whatever depends on no more than
 * `reach_A` around an atom is the same in its slab as in the whole. `undefined` where the box is too narrow to gain:
 * slabs thinner than their margins, or a direction whose margin would wrap onto itself.
 */
export function cutSlabs(box: AtomBox, count: number, reach_A: number): Slab[] | undefined {
  const inverse = inverseCell(box.cell);
  const widths = perpendicularWidths(inverse);
  const axis = widths.indexOf(Math.max(...widths)) as 0 | 1 | 2;
  const width = widths[axis];
  if (!box.periodic[axis] || width / count < 2 * reach_A || count < 2) return undefined;
  const height = new Float64Array(box.atoms);
  for (let a = 0; a < box.atoms; a++) {
    let f = 0;
    for (let k = 0; k < 3; k++)
      f += inverse[3 * axis + k]! * (box.positions[3 * a + k]! - box.origin[k]!);
    height[a] = f - Math.floor(f);
  }
  const margin = reach_A / width;
  const sorted = height.slice().sort();
  const edges = Array.from({ length: count + 1 }, (_, s) =>
    s === 0 ? 0 : s === count ? 1 : sorted[Math.floor((s * box.atoms) / count)]!,
  );
  return Array.from({ length: count }, (_, s) =>
    slabBetween(box, height, { axis, low: edges[s]!, high: edges[s + 1]!, margin, inverse }),
  );
}

interface Cut {
  readonly axis: 0 | 1 | 2;
  readonly low: number;
  readonly high: number;
  readonly margin: number;
  readonly inverse: Float64Array;
}

function slabBetween(box: AtomBox, height: Float64Array, cut: Cut): Slab {
  const own: number[] = [];
  const around: number[] = [];
  const shifts: number[] = [];
  for (let a = 0; a < box.atoms; a++) {
    const h = height[a]!;
    if (h >= cut.low && (h < cut.high || cut.high === 1)) own.push(a);
    for (const shift of [-1, 0, 1]) {
      const moved = h + shift;
      const isOwn = shift === 0 && h >= cut.low && (h < cut.high || cut.high === 1);
      if (isOwn || moved < cut.low - cut.margin || moved > cut.high + cut.margin) continue;
      around.push(a);
      shifts.push(shift);
    }
  }
  const atom = Int32Array.from([...own, ...around]);
  const positions = new Float64Array(3 * atom.length);
  atom.forEach((a, p) => {
    const shift = p < own.length ? 0 : shifts[p - own.length]!;
    let f = 0;
    for (let k = 0; k < 3; k++)
      f += cut.inverse[3 * cut.axis + k]! * (box.positions[3 * a + k]! - box.origin[k]!);
    const turns = shift - Math.floor(f);
    for (let k = 0; k < 3; k++)
      positions[3 * p + k] = box.positions[3 * a + k]! + turns * box.cell[3 * cut.axis + k]!;
  });
  const periodic = box.periodic.map((flag, k) => flag && k !== cut.axis);
  return {
    own: own.length,
    atom,
    box: {
      atoms: atom.length,
      positions,
      cell: box.cell,
      origin: box.origin,
      periodic: [periodic[0]!, periodic[1]!, periodic[2]!],
      species: Int32Array.from(atom, (a) => box.species[a]!),
    },
  };
}
