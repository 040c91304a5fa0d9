import { BOHR_A } from "../../src/core/physical-lengths.ts";
import type { Frame } from "../../src/domain/frame.ts";
import { emptyRows, numberAt, speciesNumber, splitFields } from "./frame-builder.ts";
import { type LineSource, lineError, needLine, nextLine } from "./line-source.ts";

/**
 * Reads one frame of CONQUEST's md.frames: `frame N`, then the blocks cell_vectors and positions (atom number, species
 * number, x y z) among others, `end frame`. Bohr to A. `undefined` at the end of the file.
 * Source: CONQUEST manual, molecular dynamics, "md.frames".
 */
export async function readConquestFrame(
  source: LineSource,
  index: number,
): Promise<Frame | undefined> {
  let header = await nextLine(source);
  while (header !== undefined && header.trim() === "") header = await nextLine(source);
  if (header === undefined) return undefined;
  const step = /^\s*frame\s+(\S+)/.exec(header)?.[1];
  if (step === undefined)
    throw lineError(source, `"frame N" expected, got "${header.slice(0, 40)}"`);
  let cell: Float64Array | undefined;
  let positions: string[] | undefined;
  let positionsLine = 0;
  for (;;) {
    const line = (await needLine(source, "end frame")).trim();
    if (line === "end frame") break;
    if (line === "cell_vectors") {
      const rows = (await readBlock(source, line)).map(splitFields);
      if (rows.length !== 3)
        throw lineError(source, `cell_vectors has ${rows.length} lines, not 3`);
      cell = Float64Array.from(
        rows.flatMap((row) => [0, 1, 2].map((k) => numberAt(source, row, k) * BOHR_A)),
      );
    } else if (line === "positions") {
      positionsLine = source.line;
      positions = await readBlock(source, line);
    } else if (line !== "") await readBlock(source, line);
  }
  if (cell === undefined || positions === undefined)
    throw lineError(source, "the frame has no cell_vectors or no positions");
  const rows = parsePositions(source, positions, positionsLine);
  return {
    index,
    atoms: positions.length,
    ...rows,
    cell,
    origin: [0, 0, 0],
    periodic: [true, true, true],
    properties: { step },
  };
}

async function readBlock(source: LineSource, name: string): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = source.take() ?? (await needLine(source, `end ${name}`));
    if (line.trim() === `end ${name}`) return lines;
    if (/^\s*(end )?frame\b/.test(line)) throw lineError(source, `the block ${name} does not end`);
    lines.push(line);
  }
}

function parsePositions(source: LineSource, lines: readonly string[], firstLine: number) {
  // Beyond 99999 an atom's number outgrows its five columns and is written as stars: then there are no numbers.
  const hasNumbers = !lines.some((line) => line.trimStart().startsWith("*"));
  const rows = emptyRows(lines.length, hasNumbers);
  const numbers = new Map<string, number>();
  lines.forEach((line, a) => {
    const fields = splitFields(line);
    const numbered = { ...source, line: firstLine + a + 1 };
    for (let k = 0; k < 3; k++)
      rows.positions[3 * a + k] = numberAt(numbered, fields, k + 2) * BOHR_A;
    rows.species[a] = speciesNumber(rows, numbers, fields[1] ?? "");
    if (rows.ids !== undefined) rows.ids[a] = numberAt(numbered, fields, 0);
  });
  return rows;
}
