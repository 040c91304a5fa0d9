import type { Frame } from "../../src/domain/frame.ts";
import { elementSymbol } from "./elements.ts";
import {
  countAt,
  emptyRows,
  numberAt,
  readAtomRows,
  speciesNumber,
  splitFields,
} from "./frame-builder.ts";
import { closedCell, openBox } from "./frame-cell.ts";
import { endsInside, type LineSource, lineError, needLine, nextLine } from "./line-source.ts";

type Dimensions = readonly [boolean, boolean, boolean];

/** What an XSF file says once for all of its frames. */
export interface XsfHeader {
  periodic: Dimensions;
  cell: Float64Array | undefined;
  /** Steps that ANIMSTEPS announces. */
  steps: number | undefined;
}

/** By the first number behind DIM-GROUP. */
const DIMENSIONS: readonly string[] = ["MOLECULE", "POLYMER", "SLAB", "CRYSTAL"];

const PERIODIC: Readonly<Record<string, Dimensions>> = {
  CRYSTAL: [true, true, true],
  SLAB: [true, true, false],
  POLYMER: [true, false, false],
  MOLECULE: [false, false, false],
};

/**
 * Reads the next PRIMCOORD or ATOMS block of an XCrySDen structure file, single or animated (ANIMSTEPS), with a fixed
 * or a changing cell. Data grids are passed over. `undefined` at the end of the file.
 * Source: XCrySDen, "XSF format".
 */
export async function readXsfFrame(
  source: LineSource,
  index: number,
  header: XsfHeader,
): Promise<Frame | undefined> {
  for (;;) {
    const line = await nextLine(source);
    if (line === undefined) {
      if (header.steps !== undefined && index < header.steps)
        throw endsInside(source, `ANIMSTEPS announces ${header.steps} steps, ${index} are there`);
      return undefined;
    }
    const [word = "", second] = splitFields(line);
    if (word === "" || word.startsWith("#")) continue;
    if (word === "ANIMSTEPS") {
      header.steps = countAt(source, second ?? "");
      continue;
    }
    const periodic = PERIODIC[word];
    if (periodic !== undefined) header.periodic = periodic;
    else if (word === "DIM-GROUP") header.periodic = await readDimension(source);
    else if (word === "PRIMVEC") header.cell = await readVectors(source);
    else if (word === "CONVVEC") await readVectors(source);
    else if (word === "PRIMCOORD") return readCoordinates(source, index, header);
    else if (word === "ATOMS") return readMolecule(source, index);
    else if (/^BEGIN_BLOCK/.test(word)) await passBlock(source, word);
    else if (word === "CONVCOORD") await passCoordinates(source);
    else throw lineError(source, `"${word}" is no keyword of an XSF file`);
  }
}

async function readDimension(source: LineSource): Promise<Dimensions> {
  const [dimension = ""] = splitFields(await needLine(source, "the dimension and group"));
  const found = PERIODIC[DIMENSIONS[Number(dimension)] ?? ""];
  if (found === undefined) throw lineError(source, `"${dimension}" is no dimension from 0 to 3`);
  return found;
}

async function readVectors(source: LineSource): Promise<Float64Array> {
  const cell = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    const fields = splitFields(await needLine(source, "a lattice vector"));
    for (let k = 0; k < 3; k++) cell[3 * row + k] = numberAt(source, fields, k);
  }
  return cell;
}

async function readCoordinates(
  source: LineSource,
  index: number,
  header: XsfHeader,
): Promise<Frame> {
  const [count = ""] = splitFields(await needLine(source, "the number of atoms"));
  const atoms = countAt(source, count);
  if (header.cell === undefined && header.periodic.includes(true))
    throw lineError(source, "PRIMCOORD comes before any PRIMVEC");
  const rows = await readAtomRows(source, atoms, { species: 0, x: 1, y: 2, z: 3 });
  return {
    index,
    atoms,
    ...rows,
    speciesNames: rows.speciesNames.map(elementSymbol),
    ...(header.cell === undefined
      ? openBox(rows.positions)
      : closedCell(header.cell, [0, 0, 0], header.periodic, rows.positions)),
    properties: {},
  };
}

async function passCoordinates(source: LineSource): Promise<void> {
  const [count = ""] = splitFields(await needLine(source, "the number of atoms"));
  const atoms = countAt(source, count);
  for (let a = 0; a < atoms; a++) await needLine(source, "an atom");
}

async function readMolecule(source: LineSource, index: number): Promise<Frame> {
  const lines: string[][] = [];
  const firstLine = source.line;
  for (;;) {
    const line = await nextLine(source);
    if (line === undefined) break;
    const fields = splitFields(line);
    if (!/^\d+$|^[A-Z][a-z]?$/.test(fields[0] ?? "") || fields.length < 4) {
      if (source.endsInside()) throw endsInside(source, "an atom's line is cut inside");
      source.putBack(line);
      break;
    }
    lines.push(fields);
  }
  const rows = emptyRows(lines.length, false);
  const numbers = new Map<string, number>();
  lines.forEach((fields, a) => {
    const numbered = { ...source, line: firstLine + a + 1 };
    for (let k = 0; k < 3; k++) rows.positions[3 * a + k] = numberAt(numbered, fields, k + 1);
    rows.species[a] = speciesNumber(rows, numbers, fields[0] ?? "");
  });
  return {
    index,
    atoms: lines.length,
    ...rows,
    speciesNames: rows.speciesNames.map(elementSymbol),
    ...openBox(rows.positions),
    properties: {},
  };
}

async function passBlock(source: LineSource, begin: string): Promise<void> {
  const end = begin.replace("BEGIN", "END");
  for (;;) {
    const line = source.take() ?? (await needLine(source, end));
    if (line.trim().startsWith(end)) return;
  }
}
