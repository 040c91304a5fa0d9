import { type AtomBox, inverseCell } from "./atom-box.ts";
import { visitPairs } from "./atom-pairs.ts";

/** Connected groups of atoms of one class. */
export interface ClassClusters {
  /** Groups of two atoms or more. */
  readonly clusters: number;
  /** Atoms of the largest group. */
  readonly largest: number;
  /** Atoms of the groups of two or more, the ten largest, largest first. */
  readonly sizes: readonly number[];
  /** Its centre, A; across periodic faces where it must. */
  readonly centre_A: readonly [number, number, number];
}

const SIZES_MAX = 10;
/** Bonds up to this share of the cutoff: beyond the first shell (1.35 first-neighbour distances), before the second. */
const LINK_PER_CUTOFF = 1.35 / 2.12;

/**
 * Groups the atoms of each class that are linked through first neighbours of the same class: the size of a nucleus, its
 * growth, and where it sits. Union-find over the pairs; linear in atoms. One entry a class.
 */
export function findClusters(
  box: AtomBox,
  classes: Int32Array,
  count: number,
  cutoff_A: number,
): ClassClusters[] {
  const parent = Int32Array.from({ length: box.atoms }, (_, a) => a);
  const root = (start: number): number => {
    let a = start;
    while (parent[a] !== a) {
      parent[a] = parent[parent[a]!]!;
      a = parent[a]!;
    }
    return a;
  };
  visitPairs(box, LINK_PER_CUTOFF * cutoff_A, ({ i, j }, pairs) => {
    for (let p = 0; p < pairs; p++) {
      const a = i[p]!;
      const b = j[p]!;
      if (classes[a] !== classes[b]) continue;
      const [ra, rb] = [root(a), root(b)];
      if (ra !== rb) parent[Math.max(ra, rb)] = Math.min(ra, rb);
    }
  });
  const sizes = new Int32Array(box.atoms);
  for (let a = 0; a < box.atoms; a++) sizes[root(a)]! += 1;
  const best = new Int32Array(count).fill(-1);
  const groups = Array.from({ length: count }, (): number[] => []);
  for (let a = 0; a < box.atoms; a++) {
    if (parent[a] !== a) continue;
    const c = classes[a]!;
    if (sizes[a]! > 1) groups[c]!.push(sizes[a]!);
    if (best[c]! < 0 || sizes[a]! > sizes[best[c]!]!) best[c] = a;
  }
  return Array.from({ length: count }, (_, c) => ({
    clusters: groups[c]!.length,
    largest: best[c]! < 0 ? 0 : sizes[best[c]!]!,
    sizes: groups[c]!.sort((p, q) => q - p).slice(0, SIZES_MAX),
    centre_A: best[c]! < 0 ? [0, 0, 0] : centreOf(box, (a) => root(a) === best[c]),
  }));
}

/** Mean position; along periodic directions the circular mean of the fractional coordinate. */
function centreOf(box: AtomBox, isMember: (atom: number) => boolean): [number, number, number] {
  const inverse = inverseCell(box.cell);
  const sums = new Float64Array(9);
  let members = 0;
  for (let a = 0; a < box.atoms; a++) {
    if (!isMember(a)) continue;
    members++;
    const r = [0, 1, 2].map((k) => box.positions[3 * a + k]! - box.origin[k]!);
    for (let k = 0; k < 3; k++) {
      const f = inverse[3 * k]! * r[0]! + inverse[3 * k + 1]! * r[1]! + inverse[3 * k + 2]! * r[2]!;
      sums[3 * k]! += Math.cos(2 * Math.PI * f);
      sums[3 * k + 1]! += Math.sin(2 * Math.PI * f);
      sums[3 * k + 2]! += f;
    }
  }
  const fraction = [0, 1, 2].map((k) => {
    if (!box.periodic[k]) return sums[3 * k + 2]! / members;
    const turn = Math.atan2(sums[3 * k + 1]!, sums[3 * k]!) / (2 * Math.PI);
    return turn - Math.floor(turn);
  });
  const at = (k: number): number =>
    box.origin[k]! +
    fraction[0]! * box.cell[k]! +
    fraction[1]! * box.cell[3 + k]! +
    fraction[2]! * box.cell[6 + k]!;
  return [at(0), at(1), at(2)];
}
