import type { Frame } from "../../src/domain/frame.ts";
import { type AtomColumns, countAt, openBox, readAtomRows, splitFields } from "./frame-builder.ts";
import { type LineSource, lineError, needLine, nextLine } from "./line-source.ts";

/**
 * Reads one extended XYZ block: count, comment of `key=value` with `Lattice` and `Properties`, atoms. Plain XYZ serves
 * too: without `Lattice` the box is open in every direction. `undefined` at the end of the file.
 * Source: libAtoms/extxyz, specification of the format.
 */
export async function readExtendedXyz(
  source: LineSource,
  index: number,
): Promise<Frame | undefined> {
  let first = await nextLine(source);
  while (first !== undefined && first.trim() === "") first = await nextLine(source);
  if (first === undefined) return undefined;
  const atoms = countAt(source, first.trim());
  const comment = await needLine(source, "the comment line of a frame");
  const properties = parseComment(comment);
  const columns = columnsOf(source, properties["Properties"]);
  const lattice = properties["Lattice"] ?? properties["lattice"];
  const cell = lattice === undefined ? undefined : numbersOf(source, lattice, 9, "Lattice");
  const origin =
    properties["Origin"] === undefined
      ? [0, 0, 0]
      : numbersOf(source, properties["Origin"], 3, "Origin");
  const periodic = periodicOf(source, properties["pbc"]);
  const rows = await readAtomRows(source, atoms, columns);
  const { Properties: _columns, Lattice: _lattice, pbc: _pbc, ...rest } = properties;
  return {
    index,
    atoms,
    ...rows,
    ...(cell === undefined
      ? openBox(rows.positions)
      : {
          cell: Float64Array.from(cell),
          origin: [origin[0] ?? 0, origin[1] ?? 0, origin[2] ?? 0] as const,
          periodic,
        }),
    properties: rest,
  };
}

/** `a=1 b="x y" c` -> {a: "1", b: "x y", c: "T"}. */
function parseComment(comment: string): Record<string, string> {
  const out: Record<string, string> = {};
  const pattern = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{([^}]*)\}|\[([^\]]*)\]|(\S+))|(\S+)/g;
  for (const [, key, double, single, brace, bracket, bare, flag] of comment.matchAll(pattern)) {
    if (key === undefined) out[flag ?? ""] = "T";
    else out[key] = double ?? single ?? brace ?? bracket ?? bare ?? "";
  }
  return out;
}

function columnsOf(source: LineSource, properties: string | undefined): AtomColumns {
  if (properties === undefined) return { species: 0, x: 1, y: 2, z: 3 };
  const parts = properties.split(":");
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
  const species =
    first.get("species") ?? first.get("element") ?? first.get("type") ?? first.get("z");
  if (pos === undefined || species === undefined)
    throw lineError(source, "Properties names no species:S:1 and pos:R:3");
  const id = first.get("id");
  return { species, x: pos, y: pos + 1, z: pos + 2, ...(id === undefined ? {} : { id }) };
}

function numbersOf(source: LineSource, text: string, count: number, name: string): number[] {
  const values = splitFields(text.replaceAll(",", " ")).map(Number);
  if (values.length !== count || !values.every(Number.isFinite))
    throw lineError(source, `${name}="${text}" is not ${count} numbers`);
  return values;
}

function periodicOf(source: LineSource, text: string | undefined): [boolean, boolean, boolean] {
  if (text === undefined) return [true, true, true];
  const flags = splitFields(text.replaceAll(",", " ")).map((flag) => /^(T|1|true)/i.test(flag));
  if (flags.length === 1) return [flags[0] === true, flags[0] === true, flags[0] === true];
  if (flags.length !== 3) throw lineError(source, `pbc="${text}" is not three flags`);
  return [flags[0] === true, flags[1] === true, flags[2] === true];
}
