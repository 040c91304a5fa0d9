import { LabError } from "../core/errors.ts";
import { delimiterOf } from "./delimiter.ts";
import { parseTable, readNumber, type Table, type TableRow } from "./table.ts";

/** A table as it stands in its file: text and what it means. */
export interface TableText {
  readonly text: string;
  readonly table: Table;
}

/** The text with cells of one row replaced; everything else stays to the letter. Throws TL-1020 for a row of several lines. */
export function withCells(
  { text, table }: TableText,
  row: TableRow,
  cells: ReadonlyMap<number, string>,
): string {
  const parts = text.split(/(\r\n|\n|\r)/);
  const at = 2 * (row.line - 1);
  const fields = rawFields(parts[at] ?? "", delimiterOf(text));
  const isWhole =
    fields.length >= table.columns.length &&
    row.cells.every((cell, k) => {
      return plain(fields[k] ?? "") === cell;
    });
  if (!isWhole)
    throw new LabError("TL-1020", `${table.file}, line ${row.line}: the row has several lines`, {
      hint: "Write the result into the file by hand.",
    });
  for (const [column, value] of cells) fields[column] = written({ text, table }, value);
  parts[at] = fields.join(delimiterOf(text));
  return parts.join("");
}

/** The text with a further row; columns that are not named stay empty. */
export function withRow(
  { text, table }: TableText,
  values: Readonly<Record<string, string>>,
): string {
  const ending = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const row = table.columns.map((name) => written({ text, table }, values[name] ?? ""));
  const before = text === "" || /[\r\n]$/.test(text) ? text : `${text}${ending}`;
  return `${before}${row.join(delimiterOf(text))}${ending}`;
}

/** A table of these columns without a row. */
export function emptyTable(columns: readonly string[], file: string): TableText {
  const quoted = columns.map((name) => (/[",\r\n;\t]/.test(name) ? quote(name) : name));
  const text = `${quoted.join(",")}\n`;
  return { text, table: parseTable(text, file) };
}

/** A value in the table's manner: decimal commas where it has them, quotes where it needs them. */
function written({ text, table }: TableText, value: string): string {
  const isNumber = value !== "" && Number.isFinite(Number(value));
  const local = table.hasDecimalCommas && isNumber ? value.replace(".", ",") : value;
  const needsQuotes = local.includes(delimiterOf(text)) || /["\r\n]/.test(local);
  return needsQuotes ? quote(local) : local;
}

function quote(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

function plain(field: string): string {
  const trimmed = field.trim();
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"').trim() : trimmed;
}

/** Fields of one line as written, quotes and blanks included. */
function rawFields(line: string, delimiter: string): string[] {
  const fields = [""];
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === delimiter && !isQuoted) fields.push("");
    else fields[fields.length - 1] += character;
  }
  return fields;
}

/** True where two cells say the same: equal numbers, or equal words. */
export function isSame(table: Table, cell: string, value: string): boolean {
  const [a, b] = [readNumber(table, cell), Number(value)];
  if (value === "" || !Number.isFinite(a) || !Number.isFinite(b)) return cell === value;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
