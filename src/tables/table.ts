import { readFileSync, statSync } from "node:fs";
import { CsvError, type Info, parse } from "csv-parse/sync";
import { LabError } from "../core/errors.ts";
import { codedTable, readCoded } from "./coded-columns.ts";
import { delimiterOf, SEPARATOR_LINE } from "./delimiter.ts";
import type { Table, TableRow } from "./table-rows.ts";

export type { Table, TableRow };

/** A file larger than this is refused before it fills the memory. */
const TABLE_BYTES_max = 256 * 1024 * 1024;

/** Reads a CSV file (UTF-8, or UTF-16 with its mark); comma, semicolon or tab, quotes as in RFC 4180. Throws TL-1002, TL-1020. */
export function readTable(file: string): Table {
  return parseTable(readTableText(file), file);
}

/** The text of a table. Throws TL-1002 where it cannot be read, TL-1020 where it is no text or too large. */
export function readTableText(file: string): string {
  let bytes: Buffer;
  try {
    const { size } = statSync(file);
    if (size > TABLE_BYTES_max) {
      throw new LabError("TL-1020", `${file} is larger than ${TABLE_BYTES_max / 1048576} MB`, {
        hint: "Split the table.",
      });
    }
    bytes = readFileSync(file);
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw new LabError("TL-1002", `the file ${file} ${reasonOf(cause)}`, { cause });
  }
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Told below: what these bytes are is not known.
  }
  throw new LabError("TL-1020", `${file} is not UTF-8 text`, {
    hint: "Save the table as CSV in UTF-8.",
  });
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") return "does not exist";
  if (code === "EISDIR") return "is a folder";
  if (code === "EACCES") return "may not be read";
  return `cannot be read (${message})`;
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** Parses CSV text; `file` names it in errors. Rows and last columns without any value, as spreadsheets leave them, are left out. */
export function parseTable(text: string, file: string): Table {
  return parseCoded(text, file) ?? parseRows(text, file);
}

/** Tables without quotes and decimal commas, the large ones among them, need no object for each row. */
function parseCoded(text: string, file: string): Table | undefined {
  if (text.includes('"')) return undefined;
  const separator = SEPARATOR_LINE.exec(text);
  const first = separator?.[0].length ?? (text.startsWith("\uFEFF") ? 1 : 0);
  const delimiter = delimiterOf(text);
  const header = /[^\r\n]+/g;
  header.lastIndex = first;
  const names = header.exec(text)?.[0];
  const isPlain = delimiter === "," || !text.includes(",", header.lastIndex);
  if (names === undefined || !isPlain) return undefined;
  const columns = names.split(delimiter).map((name) => name.trim());
  const line = (separator === null ? 1 : 2) + countBreaks(text.slice(first, header.lastIndex));
  const behind = /\r\n|\n|\r|$/g;
  behind.lastIndex = header.lastIndex;
  const from = header.lastIndex + (behind.exec(text)?.[0].length ?? 0);
  const coded = readCoded({ text, delimiter, from, line: line + 1 }, columns.length);
  if (coded === undefined) return undefined;
  const isEmpty = (column: number): boolean =>
    coded.columns[column]?.words.every((word) => word === "") ?? true;
  while (columns.at(-1) === "" && isEmpty(columns.length - 1)) columns.pop();
  return codedTable({ file, columns, hasDecimalCommas: delimiter === ";" }, coded);
}

function countBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function parseRows(text: string, file: string): Table {
  const { records, hasDecimalCommas } = parseRecords(text, file);
  const [header, ...rows] = records;
  if (header === undefined) {
    throw new LabError("TL-1020", `${file} is empty`, {
      hint: "The first line must name the columns.",
    });
  }
  const columns = header.record.map((name) => name.trim());
  const kept = rows.flatMap(({ record, info }): TableRow[] => {
    const cells = record.map((cell) => cell.trim());
    if (cells.every((cell) => cell === "")) return [];
    if (cells.length === columns.length) return [{ line: info.lines, cells }];
    throw new LabError(
      "TL-1020",
      `${file}, line ${info.lines} has ${cells.length} values, the header names ${columns.length} columns`,
      { hint: "Correct that line, or the header in the first." },
    );
  });
  while (columns.at(-1) === "" && kept.every(({ cells }) => cells[columns.length - 1] === "")) {
    columns.pop();
  }
  return { file, columns, rows: kept, hasDecimalCommas };
}

/** Position of a column; TL-1021 with the names there are, TL-1020 where the name stands over two columns. */
export function columnOf(table: Table, name: string): number {
  const at = table.columns.indexOf(name);
  if (at >= 0 && table.columns.lastIndexOf(name) === at) return at;
  if (at >= 0)
    throw new LabError("TL-1020", `${table.file}, line 1: the column "${name}" is named twice`, {
      hint: "Give the two columns names of their own.",
    });
  const parts = name.split(/\s+/);
  const isList = parts.length > 1 && parts.every((part) => table.columns.includes(part));
  throw new LabError("TL-1021", `${table.file} has no column "${name}"`, {
    hint: isList
      ? `Separate the names by commas: ${parts.join(",")}.`
      : `Its columns are ${table.columns.map((column) => column || '""').join(", ")}.`,
  });
}

/**
 * A cell's number, decimal commas where the table has them; NaN where it is none. Decimal numbers only: `0x1A`, `0b11` and `0o17`
 * are names of samples, though JavaScript reads them.
 */
export function readNumber(table: Pick<Table, "hasDecimalCommas">, cell: string): number {
  if (cell === "" || (cell[0] === "0" && OTHER_BASE.test(cell))) return Number.NaN;
  return Number(table.hasDecimalCommas ? cell.replace(DECIMAL_COMMA, "$1.$2") : cell);
}

const OTHER_BASE = /^0[xob]/i;
const DECIMAL_COMMA = /^(?=[+-]?,?\d)([+-]?\d*),(\d*(?:[eE][+-]?\d+)?)$/;

/** The cell as a finite number; TL-1020 with the line where it is none. */
export function numberAt(table: Table, row: TableRow, column: number): number {
  const value = readNumber(table, row.cells[column] ?? "");
  if (Number.isFinite(value)) return value;
  throw notANumber(table, row, column);
}

/** TL-1020 that names the line, the cell and its column. */
export function notANumber(table: Table, row: TableRow, column: number, hint?: string): LabError {
  const text = row.cells[column] ?? "";
  const what = `${table.file}, line ${row.line}: "${text}" in the column ${table.columns[column] || column + 1} is not a number`;
  const cure = hint ?? (DECIMAL_COMMA.test(text) ? "Write decimal points." : undefined);
  return new LabError("TL-1020", what, cure === undefined ? {} : { hint: cure });
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: Pick<Info, "lines">;
}

/** Tables without quotes need no parser: ten times as fast. */
function splitRecords(text: string, delimiter: string): Parsed[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .flatMap((line, k) =>
      line === "" ? [] : [{ record: line.split(delimiter), info: { lines: k + 1 } }],
    );
}

function parseRecords(
  text: string,
  file: string,
): { records: Parsed[]; hasDecimalCommas: boolean } {
  const separator = SEPARATOR_LINE.exec(text);
  const body = separator === null ? text : text.slice(separator[0].length);
  const delimiter = delimiterOf(text);
  const records = body.includes('"')
    ? parseQuoted(body, delimiter, file)
    : splitRecords(body, delimiter);
  const numbered =
    separator === null
      ? records
      : records.map(({ record, info }) => ({ record, info: { lines: info.lines + 1 } }));
  const [, ...rows] = numbered;
  return { records: numbered, hasDecimalCommas: findDecimalCommas(rows, delimiter, file) };
}

/** `1,234` may be a thousand and more or a little more than one. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/;

/**
 * Whether numbers are written `0,5`. Between commas only quoted cells can be; there groups of three digits may as well be
 * thousands: where nothing tells, TL-1020 with the line.
 */
function findDecimalCommas(rows: readonly Parsed[], delimiter: string, file: string): boolean {
  let doubtful: { cell: string; line: number } | undefined;
  let hasComma = false;
  for (const { record, info } of rows) {
    for (const text of record) {
      if (!text.includes(",")) continue;
      const cell = text.trim();
      if (!DECIMAL_COMMA.test(cell) && !THOUSANDS.test(cell)) continue;
      hasComma = true;
      if (!THOUSANDS.test(cell)) return true;
      doubtful ??= { cell, line: info.lines };
    }
  }
  if (delimiter === ";") return true;
  if (!hasComma || doubtful === undefined) return false;
  throw new LabError(
    "TL-1020",
    `${file}, line ${doubtful.line}: "${doubtful.cell}" may be ${doubtful.cell.replaceAll(",", "")} or a decimal comma`,
    { hint: "Write decimal points and no thousands separators." },
  );
}

function parseQuoted(text: string, delimiter: string, file: string): Parsed[] {
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
