import type { AtomBox } from "./atom-box.ts";
import { type PairBatch, visitPairs } from "./atom-pairs.ts";
import { addGaussians, exponentialTable } from "./exponential.ts";

/** What a descriptor is made with; part of a model file. Lengths in A. */
export interface LaafSettings {
  /** Rc: neighbours beyond it do not count. */
  readonly cutoff_A: number;
  /** Ra: the descriptors of all atoms within it are averaged, the centre included. */
  readonly average_A: number;
  /** Widths eta_m of the Gaussians. */
  readonly etas_A: Float64Array;
  /** Number of neighbour species: one block of etas each. */
  readonly speciesCount: number;
  /** Average over neighbours of the centre's own species, or over all. */
  readonly averageOver: "same-species" | "all";
}

const ETA_FIRST_A = 0.45;
const ETA_COUNT = 100;

/** eta_m = 0.45 A (Rc / 0.45 A)^((m - 1) / M), m = 1..M: geometric, the last one below Rc. */
export function etaGrid(cutoff_A: number, count: number = ETA_COUNT): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, m) => ETA_FIRST_A * (cutoff_A / ETA_FIRST_A) ** (m / count),
  );
}

/** Components of one descriptor: etas times neighbour species. */
export function descriptorLength(settings: LaafSettings): number {
  return settings.etas_A.length * settings.speciesCount;
}

/**
 * Local atomic average fingerprint of every atom:
 *
 *     V_i(eta_m) = sum over j != i of exp(-(r_ij / eta_m)^2) f(r_ij),  f(r) = (cos(pi r / Rc) + 1) / 2 for r <= Rc
 *     Vav_i      = mean of V_j over {j : r_ij < Ra}, i included
 *
 * with one block of etas for each species of neighbour j. Returns atoms x length, row-major, dimensionless.
 * Images in cells smaller than the cutoff count as often as they occur. Cost: linear in atoms; 14 pairs an atom
 * times 100 exponentials in silicon at Rc = 5 A.
 * Source: R. Tamura et al., Phys. Rev. B 105, 075107 (2022); the cutoff's cosine is not squared (its printed square
 * does not vanish at Rc).
 */
export function describeAtoms(box: AtomBox, settings: LaafSettings): Float64Array {
  const out = new Float64Array(box.atoms * descriptorLength(settings));
  describeInChunks(box, settings, box.atoms, (firstAtom, rows) => {
    out.set(rows, firstAtom * descriptorLength(settings));
  });
  return out;
}

/**
 * As {@link describeAtoms}, but hands out the rows in chunks of `chunkAtoms` atoms in their order, so that a frame of
 * a million atoms needs one matrix, not two. `rows` is reused between calls.
 */
export function describeInChunks(
  box: AtomBox,
  settings: LaafSettings,
  chunkAtoms: number,
  emit: (firstAtom: number, rows: Float64Array) => void,
): void {
  const length = descriptorLength(settings);
  const { fingerprints, near } = fingerprintAtoms(box, settings);
  const { first, list } = adjacency(box, settings, near);
  const buffer = new Float64Array(Math.min(chunkAtoms, box.atoms) * length);
  for (let start = 0; start < box.atoms; start += chunkAtoms) {
    const end = Math.min(box.atoms, start + chunkAtoms);
    const rows = buffer.subarray(0, (end - start) * length);
    for (let a = start; a < end; a++) {
      const at = (a - start) * length;
      const own = a * length;
      for (let m = 0; m < length; m++) rows[at + m] = fingerprints[own + m]!;
      const from = first[a]!;
      const to = first[a + 1]!;
      for (let s = from; s < to; s++) {
        const other = list[s]! * length;
        for (let m = 0; m < length; m++) rows[at + m]! += fingerprints[other + m]!;
      }
      const share = 1 / (to - from + 1);
      for (let m = 0; m < length; m++) rows[at + m]! *= share;
    }
    emit(start, rows);
  }
}

/** V of every atom, and the pairs closer than Ra as a flat list i0, j0, i1, j1, ... */
function fingerprintAtoms(box: AtomBox, settings: LaafSettings) {
  const { cutoff_A, average_A, etas_A } = settings;
  const count = etas_A.length;
  const length = descriptorLength(settings);
  const fingerprints = new Float64Array(box.atoms * length);
  const near = createPairList(box.atoms * 16);
  const rates = etas_A.map((eta) => 1 / (eta * eta));
  const limit2 = cutoff_A * cutoff_A;
  const average2 = average_A * average_A;
  const table = exponentialTable(limit2 * (rates[0] ?? 0));
  const accumulate = (batch: PairBatch, pairs: number): void => {
    for (let p = 0; p < pairs; p++) {
      const r2 = batch.r2[p]!;
      const a = batch.i[p]!;
      const b = batch.j[p]!;
      if (r2 < average2) near.add(a, b);
      if (r2 > limit2) continue;
      const f = 0.5 * (Math.cos((Math.PI * Math.sqrt(r2)) / cutoff_A) + 1);
      const atA = a * length + box.species[b]! * count;
      const atB = b * length + box.species[a]! * count;
      addGaussians(fingerprints, atA, atB, rates, table, r2, f);
    }
  };
  visitPairs(box, Math.max(cutoff_A, average_A), accumulate);
  return { fingerprints, near };
}

interface PairList {
  add(a: number, b: number): void;
  pairs(): Int32Array;
}

function createPairList(capacity: number): PairList {
  let data = new Int32Array(Math.max(64, capacity));
  let used = 0;
  return {
    add: (a, b) => {
      if (used === data.length) {
        const grown = new Int32Array(2 * data.length);
        grown.set(data);
        data = grown;
      }
      data[used++] = a;
      data[used++] = b;
    },
    pairs: () => data.subarray(0, used),
  };
}

/** Neighbours to average over, both ways, as stretches of one list. */
function adjacency(box: AtomBox, settings: LaafSettings, near: PairList) {
  const pairs = near.pairs();
  const counts = (a: number, b: number): boolean =>
    settings.averageOver === "all" || box.species[a] === box.species[b];
  const first = new Int32Array(box.atoms + 1);
  for (let p = 0; p < pairs.length; p += 2) {
    const a = pairs[p]!;
    const b = pairs[p + 1]!;
    if (!counts(a, b)) continue;
    first[a + 1]! += 1;
    first[b + 1]! += 1;
  }
  for (let a = 0; a < box.atoms; a++) first[a + 1]! += first[a]!;
  const next = first.slice(0, -1);
  const list = new Int32Array(first[box.atoms]!);
  for (let p = 0; p < pairs.length; p += 2) {
    const a = pairs[p]!;
    const b = pairs[p + 1]!;
    if (!counts(a, b)) continue;
    list[next[a]!++] = b;
    list[next[b]!++] = a;
  }
  return { first, list };
}
