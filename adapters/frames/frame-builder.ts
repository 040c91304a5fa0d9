import { endsInside, type LineSource, lineError, needLine } from "./line-source.ts";

/** A frame beyond this is refused: 3 numbers an atom would no longer fit an array of the engine. */
const ATOMS_MAX = 200_000_000;

/** Which columns of an atom's line hold what, from 0. */
export interface AtomColumns {
  readonly species: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly id?: number | undefined;
  /** A second name of each species, the same wherever the species stands. */
  readonly alias?: number | undefined;
}

/** Positions and species of one frame while its lines are read. */
export interface AtomRows {
  readonly positions: Float64Array;
  readonly species: Int32Array;
  readonly speciesNames: string[];
  readonly ids?: Float64Array | undefined;
}

/** The same with the second names, by species number, where they were asked for. */
export interface AliasedRows extends AtomRows {
  readonly aliases?: readonly string[];
}

/** Reads `atoms` lines of columns. Throws TL-7002 with the line for a missing or unreadable number. */
export async function readAtomRows(
  source: LineSource,
  atoms: number,
  columns: AtomColumns,
): Promise<AliasedRows> {
  const rows = emptyRows(atoms, columns.id !== undefined);
  const aliases: string[] = [];
  const numbers = new Map<string, number>();
  let previous = "";
  for (let a = 0; a < atoms; a++) {
    // The synchronous path first: a promise a line would cost more than the parsing.
    const line = source.take() ?? (await needLine(source, `atom ${a + 1} of ${atoms}`));
    const fields = splitFields(line);
    rows.positions[3 * a] = numberAt(source, fields, columns.x);
    rows.positions[3 * a + 1] = numberAt(source, fields, columns.y);
    rows.positions[3 * a + 2] = numberAt(source, fields, columns.z);
    const species = speciesNumber(rows, numbers, fieldAt(source, fields, columns.species));
    rows.species[a] = species;
    if (columns.alias !== undefined) aliases[species] ??= fieldAt(source, fields, columns.alias);
    if (rows.ids !== undefined && columns.id !== undefined)
      rows.ids[a] = numberAt(source, fields, columns.id);
    if (a === atoms - 1) refuseCutNumber(source, line, previous);
    previous = line;
  }
  return columns.alias === undefined ? rows : { ...rows, aliases };
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
  const value = readNumber(text);
  if (!Number.isFinite(value)) throw lineError(source, `"${text}" is not a finite number`);
  return value;
}

const FORTRAN_EXPONENT = /^([-+]?(?:\d+\.?\d*|\.\d+))[dD]([-+]?\d+)$/;

/** A number, also with Fortran's exponent (`1.5D+00`); NaN where it is none. */
export function readNumber(text: string): number {
  const value = Number(text);
  return Number.isNaN(value) ? Number(text.replace(FORTRAN_EXPONENT, "$1e$2")) : value;
}

/** The last line of a file without a line end whose last number has fewer decimals than the line before was cut in it. */
function refuseCutNumber(source: LineSource, line: string, previous: string): void {
  if (previous === "" || !source.endsInside()) return;
  if (decimalsOf(line) < decimalsOf(previous))
    throw endsInside(source, "the last atom's line is cut short");
}

function decimalsOf(line: string): number {
  return /\.(\d*)\s*$/.exec(line)?.[1]?.length ?? 0;
}

/** A count of atoms. */
export function countAt(source: LineSource, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw lineError(source, `"${text.slice(0, 40)}" is not a number of atoms`);
  if (value > ATOMS_MAX) throw lineError(source, `${value} atoms are more than ${ATOMS_MAX}`);
  return value;
}
