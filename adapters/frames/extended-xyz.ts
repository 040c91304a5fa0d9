import { LabError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/domain/frame.ts";
import { readCommentFields } from "./comment-fields.ts";
import { elementSymbol } from "./elements.ts";
import {
  type AtomColumns,
  countAt,
  readAtomRows,
  readNumber,
  splitFields,
} from "./frame-builder.ts";
import { closedCell, openBox } from "./frame-cell.ts";
import { type LineSource, lineError, needLine, nextLine } from "./line-source.ts";

type Fields = Readonly<Record<string, string>>;

/**
 * Reads one extended XYZ block: count, comment of `key=value` with `Lattice` and `Properties`, atoms. Plain XYZ serves
 * too: without `Lattice` the box is open in every direction, and words of its comment are no keys. `undefined` at the end
 * of the file. Source: libAtoms/extxyz, specification of the format.
 */
export async function readExtendedXyz(
  source: LineSource,
  index: number,
): Promise<Frame | undefined> {
  let first = await nextLine(source);
  while (first !== undefined && first.trim() === "") first = await nextLine(source);
  if (first === undefined) return undefined;
  const atoms = countAt(source, first.trim());
  const comment = readCommentFields(await needLine(source, "the comment line of a frame"));
  const { values } = comment;
  const columns = columnsOf(source, values);
  const cell = latticeOf(source, values);
  const periodic = periodicOf(source, values["pbc"]);
  if (cell === undefined && values["pbc"] !== undefined && periodic.includes(true))
    throw new LabError(
      "TL-7005",
      `${source.path} line ${source.line}: pbc="${values["pbc"]}" says periodic, but the comment has no Lattice`,
    );
  const rows = await readAtomRows(source, atoms, columns);
  const { Properties: _columns, Lattice: _lattice, pbc: _pbc, ...rest } = values;
  const flags = Object.fromEntries(comment.flags.map((flag) => [flag, "T"]));
  return {
    index,
    atoms,
    ...rows,
    ...(columns.areNumbers ? { speciesNames: rows.speciesNames.map(elementSymbol) } : {}),
    ...(cell === undefined
      ? openBox(rows.positions)
      : closedCell(cell, originOf(source, values), periodic, rows.positions)),
    properties: { ...flags, ...rest },
  };
}

/**
 * Columns of an atom's line. `properties` in lower case is taken where it has the form of one, otherwise it is a word of a
 * plain comment.
 */
function columnsOf(source: LineSource, values: Fields): AtomColumns & { areNumbers: boolean } {
  const lower = values["properties"];
  const text =
    values["Properties"] ??
    (/^\w+:[SIRL]:\d+(:\w+:[SIRL]:\d+)*$/.test(lower ?? "") ? lower : undefined);
  if (text === undefined) return { species: 0, x: 1, y: 2, z: 3, areNumbers: false };
  const parts = text.split(":");
  const first = new Map<string, number>();
  let column = 0;
  for (let k = 0; k + 2 < parts.length; k += 3) {
    const width = Number(parts[k + 2]);
    if (!Number.isInteger(width) || width < 1)
      throw lineError(source, `Properties names a width of "${parts[k + 2]}"`);
    first.set((parts[k] ?? "").toLowerCase(), column);
    column += width;
  }
  const pos = first.get("pos") ?? first.get("positions");
  const named = first.get("species") ?? first.get("element") ?? first.get("type");
  const numbered = first.get("z") ?? first.get("numbers");
  const species = named ?? numbered;
  if (pos === undefined || species === undefined)
    throw lineError(source, "Properties names no species:S:1 and pos:R:3");
  const id = first.get("id");
  return {
    species,
    x: pos,
    y: pos + 1,
    z: pos + 2,
    ...(id === undefined ? {} : { id }),
    areNumbers: named === undefined,
  };
}

/**
 * Lattice vectors a, b, c one after another: nine numbers; three numbers are a diagonal; `[[..],[..],[..]]` are rows whose
 * columns are the vectors. In lower case it is a lattice only where it is one of these.
 */
function latticeOf(source: LineSource, values: Fields): Float64Array | undefined {
  const exact = values["Lattice"];
  const text = exact ?? values["lattice"];
  if (text === undefined) return undefined;
  const found = splitFields(text.replace(/[[\],]/g, " ")).map(readNumber);
  const isNumeric = found.every(Number.isFinite);
  if (found.length === 3 && found.every((length) => length > 0))
    return Float64Array.of(found[0]!, 0, 0, 0, found[1]!, 0, 0, 0, found[2]!);
  if (isNumeric && found.length === 9) {
    const isNested = text.includes("[");
    return Float64Array.from(found, (value, k) =>
      isNested ? (found[3 * (k % 3) + Math.floor(k / 3)] ?? value) : value,
    );
  }
  if (exact === undefined) return undefined;
  throw lineError(
    source,
    `Lattice="${text}" is not 9 numbers, nor the 3 lengths of an orthogonal cell`,
  );
}

function originOf(source: LineSource, values: Fields): [number, number, number] {
  const text = values["Origin"];
  if (text === undefined) return [0, 0, 0];
  const found = splitFields(text.replace(/[[\],]/g, " ")).map(readNumber);
  if (found.length !== 3 || !found.every(Number.isFinite))
    throw lineError(source, `Origin="${text}" is not 3 numbers`);
  return [found[0]!, found[1]!, found[2]!];
}

function periodicOf(source: LineSource, text: string | undefined): [boolean, boolean, boolean] {
  if (text === undefined || text.trim() === "") return [true, true, true];
  const flags = splitFields(text.replace(/[[\],]/g, " ")).map((flag) => /^(T|1|true)/i.test(flag));
  if (flags.length === 1) return [flags[0] === true, flags[0] === true, flags[0] === true];
  if (flags.length !== 3) throw lineError(source, `pbc="${text}" is not three flags`);
  return [flags[0] === true, flags[1] === true, flags[2] === true];
}
