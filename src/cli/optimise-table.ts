import { readFile } from "node:fs/promises";
import { LabError } from "../core/errors.ts";

/** A CSV table kept as columns, so that a hundred thousand candidates cost little. */
export interface OptimiseTable {
  readonly file: string;
  readonly columns: readonly string[];
  /** Rows of trimmed text. */
  readonly rows: readonly (readonly string[])[];
}

/** Reads a CSV file with a header line; separators comma, semicolon or tab. Throws TL-1002, TL-1020. */
export async function readOptimiseTable(file: string): Promise<OptimiseTable> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new LabError("TL-1002", `The file ${file} cannot be read`, { cause });
  }
  return parseOptimiseTable(text, file);
}

/** Parses CSV text; every row must have as many cells as the header. */
export function parseOptimiseTable(text: string, file: string): OptimiseTable {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = lines[0] ?? "";
  if (header.trim() === "") throw new LabError("TL-1020", `${file} is empty`);
  const separator = [",", ";", "\t"].reduce((best, s) =>
    header.split(s).length > header.split(best).length ? s : best,
  );
  const columns = splitLine(header, separator);
  const twice = columns.find((name, k) => columns.indexOf(name) !== k);
  if (twice !== undefined)
    throw new LabError("TL-1020", `${file}: the column ${twice || "without a name"} appears twice`);
  const rows: string[][] = [];
  for (let k = 1; k < lines.length; k++) {
    const line = lines[k] ?? "";
    if (line.trim() === "") continue;
    const cells = splitLine(line, separator);
    if (cells.length !== columns.length)
      throw new LabError(
        "TL-1020",
        `${file}, line ${k + 1}: ${cells.length} values under ${columns.length} columns`,
      );
    rows.push(cells);
  }
  return { file, columns, rows };
}

function splitLine(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? "";
    if (isQuoted && c === '"' && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (c === '"') isQuoted = !isQuoted;
    else if (c === separator && !isQuoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += c;
  }
  return [...cells, cell.trim()];
}

/** Position of a column; throws TL-1021 with the names there are. */
export function columnOf(table: OptimiseTable, name: string): number {
  const at = table.columns.indexOf(name);
  if (at < 0)
    throw new LabError("TL-1021", `${table.file} has no column ${name}`, {
      hint: `Its columns are ${table.columns.join(", ")}.`,
    });
  return at;
}

/** A cell as the planner takes it: a number where it reads as one, else text. */
export function cellValue(cell: string): number | string {
  if (cell === "") return Number.NaN;
  const value = Number(cell);
  return Number.isNaN(value) && !/^[+-]?nan$/i.test(cell) ? cell : value;
}
