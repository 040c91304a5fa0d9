import { BOHR_A } from "../../src/core/physical-lengths.ts";
import type { Frame } from "../../src/domain/frame.ts";
import {
  type AtomColumns,
  type AtomRows,
  countAt,
  numberAt,
  readAtomRows,
  splitFields,
} from "./frame-builder.ts";
import { type LineSource, lineError, needLine, nextLine } from "./line-source.ts";

type Box = Pick<Frame, "cell" | "origin" | "periodic">;
type Scaling = "cartesian" | "fractional";

/** What a dump says once, before its first snapshot, of all of them. */
export interface DumpHeader {
  units: string | undefined;
}

/** Lengths of LAMMPS' unit styles in A; those of `lj` have none and stay (manual, `units`). CODATA 2018 Bohr radius. */
const LENGTH_A: Readonly<Record<string, number>> = {
  lj: 1,
  real: 1,
  metal: 1,
  si: 1e10,
  cgs: 1e8,
  electron: BOHR_A,
  micro: 1e4,
  nano: 10,
};

/**
 * Reads one snapshot of a LAMMPS text dump (`dump atom` or `dump custom`): orthogonal, triclinic (`xy xz yz`, whose
 * bounds are those of the bounding box, not of the cell) and general triclinic (`abc origin`) boxes; wrapped `x`,
 * unwrapped `xu`, scaled `xs` and `xsu` coordinates; species from `element`, else from `typelabel`, else from `type`. Lengths
 * become A where the dump states its units (`dump_modify units yes`); otherwise they are taken as A.
 * `undefined` at the end of the file.
 * Source: LAMMPS manual, `dump` and `Howto_triclinic`.
 */
export async function readLammpsDump(
  source: LineSource,
  index: number,
  header: DumpHeader,
): Promise<Frame | undefined> {
  let box: Box | undefined;
  let atoms: number | undefined;
  const properties: Record<string, string> = {};
  for (;;) {
    const line = await nextLine(source);
    if (line === undefined) {
      if (box === undefined && atoms === undefined && properties["step"] === undefined)
        return undefined;
      await needLine(source, "ITEM: ATOMS");
      return undefined;
    }
    if (line.trim() === "") continue;
    if (line.startsWith("ITEM: TIMESTEP"))
      properties["step"] = (await needLine(source, "the time step")).trim();
    else if (line.startsWith("ITEM: TIME"))
      properties["time"] = (await needLine(source, "the time")).trim();
    else if (line.startsWith("ITEM: UNITS"))
      header.units = (await needLine(source, "the units")).trim();
    else if (line.startsWith("ITEM: NUMBER OF ATOMS"))
      atoms = countAt(source, (await needLine(source, "the number of atoms")).trim());
    else if (line.startsWith("ITEM: BOX BOUNDS")) box = await readBox(source, line);
    else if (line.startsWith("ITEM: ATOMS")) {
      if (box === undefined || atoms === undefined)
        throw lineError(source, "ITEM: ATOMS comes before the number of atoms or the box");
      const { columns, scaling } = columnsOf(source, line);
      const { aliases, ...read } = await readAtomRows(source, atoms, columns);
      const rows = aliases === undefined ? read : namedByElement(read, aliases);
      if (scaling === "fractional") toCartesian(rows, box);
      if (header.units !== undefined) properties["units"] = header.units;
      return { index, atoms, ...rows, ...toAngstrom(source, rows, box, header.units), properties };
    } else throw lineError(source, `"${line.slice(0, 40)}" is no ITEM of a dump`);
  }
}

async function readBox(source: LineSource, header: string): Promise<Box> {
  const words = splitFields(header.slice("ITEM: BOX BOUNDS".length));
  const lines: number[][] = [];
  for (let k = 0; k < 3; k++) {
    const fields = splitFields(await needLine(source, "the bounds of the box"));
    lines.push(fields.map((_, c) => numberAt(source, fields, c)));
  }
  const flags = words.filter((word) => /^[pfsm]{2}$/.test(word));
  const open = (k: number): boolean => flags[k] !== undefined && !/^pp$/.test(flags[k] ?? "");
  const periodic = [!open(0), !open(1), !open(2)] as const;
  const [x, y, z] = lines as [number[], number[], number[]];
  if (words.includes("abc")) {
    if (lines.some((line) => line.length < 4))
      throw lineError(source, "a general triclinic box has 4 numbers a line");
    return {
      cell: Float64Array.of(...x.slice(0, 3), ...y.slice(0, 3), ...z.slice(0, 3)),
      origin: [x[3] ?? 0, y[3] ?? 0, z[3] ?? 0],
      periodic,
    };
  }
  const tilted = words.includes("xy");
  if (lines.some((line) => line.length < (tilted ? 3 : 2)))
    throw lineError(
      source,
      `a box line has ${tilted ? "3 numbers: low, high, tilt" : "2 numbers"}`,
    );
  return { ...restrictedBox(x, y, z, tilted), periodic };
}

/** Bounds of the bounding box and tilts -> lattice vectors (LAMMPS manual, Howto_triclinic). */
function restrictedBox(x: number[], y: number[], z: number[], tilted: boolean) {
  const [xLow = 0, xHigh = 0] = x;
  const [yLow = 0, yHigh = 0] = y;
  const [zLow = 0, zHigh = 0] = z;
  const xy = tilted ? (x[2] ?? 0) : 0;
  const xz = tilted ? (y[2] ?? 0) : 0;
  const yz = tilted ? (z[2] ?? 0) : 0;
  const x0 = xLow - Math.min(0, xy, xz, xy + xz);
  const x1 = xHigh - Math.max(0, xy, xz, xy + xz);
  const y0 = yLow - Math.min(0, yz);
  const y1 = yHigh - Math.max(0, yz);
  return {
    cell: Float64Array.of(x1 - x0, 0, 0, xy, y1 - y0, 0, xz, yz, zHigh - zLow),
    origin: [x0, y0, zLow] as const,
  };
}

function columnsOf(source: LineSource, header: string): { columns: AtomColumns; scaling: Scaling } {
  const names = splitFields(header.slice("ITEM: ATOMS".length));
  const kinds = [
    ["", "cartesian"],
    ["u", "cartesian"],
    ["s", "fractional"],
    ["su", "fractional"],
  ] as const;
  const found = kinds.find(([suffix]) => ["x", "y", "z"].every((c) => names.includes(c + suffix)));
  const kind = ["element", "typelabel", "type"].find((name) => names.includes(name));
  const hasBoth = kind === "element" && names.includes("type");
  const species = kind === undefined ? -1 : names.indexOf(hasBoth ? "type" : kind);
  if (found === undefined)
    throw lineError(source, "the dump has no x y z, xu yu zu, xs ys zs or xsu ysu zsu columns");
  if (species < 0) throw lineError(source, "the dump has neither an element nor a type column");
  const [suffix, scaling] = found;
  const id = names.indexOf("id");
  return {
    columns: {
      species,
      x: names.indexOf(`x${suffix}`),
      y: names.indexOf(`y${suffix}`),
      z: names.indexOf(`z${suffix}`),
      ...(id < 0 ? {} : { id }),
      ...(hasBoth ? { alias: names.indexOf("element") } : {}),
    },
    scaling,
  };
}

/**
 * Species by the names of their types. Without `dump_modify element` LAMMPS writes `C` for every atom: where several types are
 * all carbon, their numbers stay, so that two kinds of atoms are never one (finding lammps-dump-element-is-carbon).
 */
function namedByElement(rows: AtomRows, elements: readonly string[]): AtomRows {
  if (elements.length > 1 && elements.every((name) => name === "C")) return rows;
  const names = [...new Set(elements)];
  const numbers = elements.map((name) => names.indexOf(name));
  return { ...rows, speciesNames: names, species: rows.species.map((type) => numbers[type] ?? 0) };
}

function toAngstrom(source: LineSource, rows: AtomRows, box: Box, units: string | undefined): Box {
  const length_A = units === undefined ? 1 : LENGTH_A[units];
  if (length_A === undefined)
    throw lineError(source, `the units "${units}" are none of ${Object.keys(LENGTH_A).join(", ")}`);
  if (length_A === 1) return box;
  for (let i = 0; i < rows.positions.length; i++) rows.positions[i]! *= length_A;
  const [x, y, z] = box.origin;
  return {
    ...box,
    cell: box.cell.map((value) => value * length_A),
    origin: [x * length_A, y * length_A, z * length_A],
  };
}

function toCartesian(rows: AtomRows, box: Box): void {
  const p = rows.positions;
  const c = Array.from(box.cell);
  const [ox, oy, oz] = box.origin;
  const at = (k: number): number => c[k] ?? 0;
  for (let i = 0; i < p.length; i += 3) {
    const u = p[i] ?? 0;
    const v = p[i + 1] ?? 0;
    const w = p[i + 2] ?? 0;
    p[i] = ox + u * at(0) + v * at(3) + w * at(6);
    p[i + 1] = oy + u * at(1) + v * at(4) + w * at(7);
    p[i + 2] = oz + u * at(2) + v * at(5) + w * at(8);
  }
}
