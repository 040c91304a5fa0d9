import type { Frame } from "../../src/domain/frame.ts";
import { type LineSource, lineError, needLine } from "./line-source.ts";

/** A frame beyond this is refused: 3 numbers an atom would no longer fit an array of the engine. */
const ATOMS_MAX = 200_000_000;

/** Which columns of an atom's line hold what, from 0. */
export interface AtomColumns {
  readonly species: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly id?: number | undefined;
}

/** Positions and species of one frame while its lines are read. */
export interface AtomRows {
  readonly positions: Float64Array;
  readonly species: Int32Array;
  readonly speciesNames: string[];
  readonly ids?: Float64Array | undefined;
}

/** Reads `atoms` lines of columns. Throws TL-7002 with the line for a missing or unreadable number. */
export async function readAtomRows(
  source: LineSource,
  atoms: number,
  columns: AtomColumns,
): Promise<AtomRows> {
  const rows = emptyRows(atoms, columns.id !== undefined);
  const numbers = new Map<string, number>();
  for (let a = 0; a < atoms; a++) {
    // The synchronous path first: a promise a line would cost more than the parsing.
    const line = source.take() ?? (await needLine(source, `atom ${a + 1} of ${atoms}`));
    const fields = splitFields(line);
    rows.positions[3 * a] = numberAt(source, fields, columns.x);
    rows.positions[3 * a + 1] = numberAt(source, fields, columns.y);
    rows.positions[3 * a + 2] = numberAt(source, fields, columns.z);
    rows.species[a] = speciesNumber(rows, numbers, fieldAt(source, fields, columns.species));
    if (rows.ids !== undefined && columns.id !== undefined)
      rows.ids[a] = numberAt(source, fields, columns.id);
  }
  return rows;
}

export function emptyRows(atoms: number, withIds: boolean): AtomRows {
  return {
    positions: new Float64Array(3 * atoms),
    species: new Int32Array(atoms),
    speciesNames: [],
    ...(withIds ? { ids: new Float64Array(atoms) } : {}),
  };
}

/** The number of a species name, a new one where it is new. */
export function speciesNumber(rows: AtomRows, numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  const next = rows.speciesNames.length;
  rows.speciesNames.push(name);
  numbers.set(name, next);
  return next;
}

export function splitFields(line: string): string[] {
  return line.trim().split(/\s+/);
}

function fieldAt(source: LineSource, fields: readonly string[], k: number): string {
  const field = fields[k];
  if (field === undefined || field === "")
    throw lineError(source, `${fields.length} columns, but column ${k + 1} is needed`);
  return field;
}

export function numberAt(source: LineSource, fields: readonly string[], k: number): number {
  const text = fieldAt(source, fields, k);
  const value = Number(text);
  if (!Number.isFinite(value)) throw lineError(source, `"${text}" is not a finite number`);
  return value;
}

/** A count of atoms. */
export function countAt(source: LineSource, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw lineError(source, `"${text.slice(0, 40)}" is not a number of atoms`);
  if (value > ATOMS_MAX) throw lineError(source, `${value} atoms are more than ${ATOMS_MAX}`);
  return value;
}

/** Cell of a frame that names none: the atoms' bounding box, open in every direction. */
export function openBox(positions: Float64Array): Pick<Frame, "cell" | "origin" | "periodic"> {
  const low: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [1, 1, 1];
  for (const k of [0, 1, 2] as const) {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = k; i < positions.length; i += 3) {
      least = Math.min(least, positions[i] ?? least);
      most = Math.max(most, positions[i] ?? most);
    }
    if (most >= least) {
      low[k] = least;
      size[k] = Math.max(1, most - least);
    }
  }
  return {
    cell: Float64Array.of(size[0], 0, 0, 0, size[1], 0, 0, 0, size[2]),
    origin: low,
    periodic: [false, false, false],
  };
}
