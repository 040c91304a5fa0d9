import { readFile } from "node:fs/promises";
import { CsvError, type Info, parse } from "csv-parse/sync";
import { LabError } from "../core/errors.ts";

/** A CSV file with a header: names and rows of trimmed text, with the line each row begins on. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A file larger than this is refused before it fills the memory. */
const TABLE_BYTES_max = 256 * 1024 * 1024;

/** Reads a CSV file; comma, semicolon or tab, quotes as in RFC 4180. */
export async function readTable(file: string): Promise<Table> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : String(cause);
    throw new LabError("TL-1002", `the file ${file} ${reason}`, { cause });
  }
  if (text.length > TABLE_BYTES_max) {
    throw new LabError("TL-1020", `${file} is larger than ${TABLE_BYTES_max / 1048576} MB`, {
      hint: "Split the table.",
    });
  }
  return parseTable(text, file);
}

/** Parses CSV text; `file` names it in errors. */
function parseTable(text: string, file: string): Table {
  const records = parseRecords(text, file);
  const [header, ...rows] = records;
  if (header === undefined) {
    throw new LabError("TL-1020", `${file} is empty`, {
      hint: "The first line must name the columns.",
    });
  }
  const columns = header.record.map((name) => name.trim());
  const twice = columns.find((name, k) => columns.indexOf(name) !== k);
  if (twice !== undefined) {
    throw new LabError("TL-1020", `${file}, line 1: the column "${twice}" is named twice`);
  }
  return {
    file,
    columns,
    rows: rows.map(({ record, info }) => {
      if (record.length !== columns.length) {
        throw new LabError(
          "TL-1020",
          `${file}, line ${info.lines} has ${record.length} values, the header names ${columns.length} columns`,
        );
      }
      return { line: info.lines, cells: record.map((cell) => cell.trim()) };
    }),
  };
}

/** Position of a column; TL-1021 with the names there are. */
export function columnOf(table: Table, name: string): number {
  const at = table.columns.indexOf(name);
  if (at >= 0) return at;
  throw new LabError("TL-1021", `${table.file} has no column "${name}"`, {
    hint: `Its columns are ${table.columns.join(", ")}.`,
  });
}

/** The cell as a finite number; TL-1020 with the line where it is none. */
export function numberAt(table: Table, row: TableRow, column: number): number {
  const text = row.cells[column] ?? "";
  const value = text === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new LabError(
    "TL-1020",
    `${table.file}, line ${row.line}: "${text}" in the column ${table.columns[column] ?? column} is not a number`,
  );
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: Pick<Info, "lines">;
}

/** Tables without quotes, the large ones among them, need no parser: ten times as fast. */
function splitRecords(text: string, delimiter: string): Parsed[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .flatMap((line, k) =>
      line === "" ? [] : [{ record: line.split(delimiter), info: { lines: k + 1 } }],
    );
}

function parseRecords(text: string, file: string): Parsed[] {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = [",", ";", "\t"].reduce((best, trial) =>
    firstLine.split(trial).length > firstLine.split(best).length ? trial : best,
  );
  if (!text.includes('"')) return splitRecords(text, delimiter);
  try {
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Parsed[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new LabError("TL-1020", `${file}: ${cause.message}`, { cause });
  }
}
