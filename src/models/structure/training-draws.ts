import { type Prng, shuffled } from "../../core/prng.ts";

/** Atoms to learn from, all of one species of centre. */
export interface TrainingAtoms {
  /** rows x columns, row-major. */
  readonly descriptors: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Class of each row; absent: nothing is labelled. */
  readonly labels: Int32Array | undefined;
  readonly classes: readonly string[];
  /** Which simulation (file) each row comes from. */
  readonly conditions: Int32Array;
}

/** A draw larger than this gains nothing: the authors train on 1200 atoms. */
const DRAW_ROWS = 1200;

/**
 * One training draw: the same number of atoms from each class, shared evenly among its simulations, so that a long
 * trajectory does not outweigh a short one. Rows come in rising order. All rows where they are no more than the draw.
 */
export function drawRows(atoms: TrainingAtoms, prng: Prng): number[] {
  if (atoms.rows <= DRAW_ROWS) return Array.from({ length: atoms.rows }, (_, i) => i);
  const groups = new Map<string, number[]>();
  const conditionsOfClass = new Map<number, Set<number>>();
  for (let i = 0; i < atoms.rows; i++) {
    const label = atoms.labels?.[i] ?? 0;
    const condition = atoms.conditions[i] ?? 0;
    const key = `${label}/${condition}`;
    const group = groups.get(key) ?? [];
    group.push(i);
    groups.set(key, group);
    conditionsOfClass.set(label, (conditionsOfClass.get(label) ?? new Set()).add(condition));
  }
  const classes = conditionsOfClass.size;
  const drawn = [...groups].flatMap(([key, rows]) => {
    const siblings = conditionsOfClass.get(Number(key.split("/")[0]))?.size ?? 1;
    return shuffled(rows, prng).slice(0, Math.ceil(DRAW_ROWS / classes / siblings));
  });
  return drawn.sort((a, b) => a - b);
}

/** Rows in none of the draws, at most `most`, spread evenly. */
export function heldOutRows(
  atoms: TrainingAtoms,
  draws: readonly (readonly number[])[],
  most: number,
): number[] {
  const used = new Set(draws.flat());
  const left = Array.from({ length: atoms.rows }, (_, i) => i).filter((i) => !used.has(i));
  const stride = Math.max(1, Math.ceil(left.length / most));
  return left.filter((_, k) => k % stride === 0);
}
