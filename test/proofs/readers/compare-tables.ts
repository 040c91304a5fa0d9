import { LabError } from "../../../src/core/errors.ts";
import { kindOf } from "../../../src/tables/cell-kinds.ts";
import { numericColumn } from "../../../src/tables/numeric-column.ts";
import { readNumber, readTable } from "../../../src/tables/table.ts";
import type { Reading } from "./compare-frames.ts";

export interface ReadColumn {
  readonly name: string;
  /** Numbers, or texts where it is a column of words; null where nothing stands. */
  readonly values: readonly (number | string | null)[];
}

/** A table as `suggest` reads its columns: numbers where they are, else words. */
export function tableHere(path: string): Reading<readonly ReadColumn[]> {
  try {
    const table = readTable(path);
    return {
      read: table.columns.map((name, at): ReadColumn => {
        const numbers = numericColumn(table, at)?.values;
        if (numbers !== undefined)
          return {
            name,
            values: [...numbers].map((value) => (Number.isNaN(value) ? null : value)),
          };
        const cells = table.rows.map(({ cells }) => cells[at] ?? "");
        const words = cells.map((cell) => (kindOf(table, cell) === "empty" ? null : cell));
        return { name, values: words };
      }),
    };
  } catch (error) {
    if (error instanceof LabError) return { refused: `${error.code} ${error.message}` };
    throw error;
  }
}

/** Marks of "not measured" that pandas leaves as texts, or takes as nothing where they stand among words (docs/tables.md). */
const MARK = /^(?:|na|n\/a|none|null|nan|-|\?|n\.d\.)$/i;

/** In what our columns differ from those of another reader. */
export function tablesDiffer(
  here: readonly ReadColumn[],
  there: readonly ReadColumn[],
  decimal: string,
): string[] {
  const theirs = withoutEmptyEnds(there.map(emptyIsNothing));
  if (here.length !== theirs.length)
    return [`columns ${here.map((c) => c.name)} here, ${theirs.map((c) => c.name)} there`];
  const isEmptyRow = (row: number): boolean => theirs.every(({ values }) => values[row] === null);
  const rows = [...(theirs[0]?.values.keys() ?? [])].filter((row) => !isEmptyRow(row));
  const ours = (here[0]?.values.length ?? 0) === rows.length ? here : withoutEmptyRows(here);
  return ours.flatMap((column, k) => {
    const other = { ...theirs[k]!, values: rows.map((row) => theirs[k]!.values[row]!) };
    return columnDiffers(column, other, decimal).map((what) => `column ${column.name}: ${what}`);
  });
}

function columnDiffers(here: ReadColumn, there: ReadColumn, decimal: string): string[] {
  if (here.name !== there.name.trim()) return [`named ${there.name} there`];
  if (here.values.length !== there.values.length)
    return [`${here.values.length} rows here, ${there.values.length} there`];
  const at = here.values.findIndex((value, row) => !isSame(value, there.values[row]!, decimal));
  return at < 0 ? [] : [`row ${at}: ${here.values[at]} here, ${there.values[at]} there`];
}

function isSame(
  here: number | string | null,
  there: number | string | null,
  decimal: string,
): boolean {
  if (here === null || (typeof here === "string" && MARK.test(here)))
    return there === null || MARK.test(String(there).trim());
  if (typeof here === "number") {
    if (typeof there === "number") return here === there;
    // a column in which pandas leaves a mark is one of texts: it must still hold decimal numbers
    const text = String(there).trim();
    const isDecimal = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?$/.test(text);
    return isDecimal && readNumber({ hasDecimalCommas: decimal === "," }, text) === here;
  }
  if (typeof there === "number") return Number(here.replace(decimal, ".")) === there;
  const other = String(there).trim();
  if (/^[+-]?inf(?:inity)?$/i.test(here)) return infinityOf(here) === infinityOf(other);
  // pandas writes the truth its own way
  return (
    here === other || (/^(?:true|false)$/i.test(here) && here.toLowerCase() === other.toLowerCase())
  );
}

/** A word among words here, where pandas may have read a number. */
function infinityOf(text: string): string {
  return text.toLowerCase().replace("inity", "");
}

/** pandas keeps an empty text where a column holds integers beyond 64 bits. */
function emptyIsNothing(column: ReadColumn): ReadColumn {
  return { ...column, values: column.values.map((value) => (value === "" ? null : value)) };
}

/** Last columns without a name and a value, as separators at the end of lines make them. */
function withoutEmptyEnds(columns: readonly ReadColumn[]): readonly ReadColumn[] {
  const last = columns.at(-1);
  const isEmpty =
    last !== undefined &&
    /^Unnamed/.test(last.name) &&
    last.values.every((value) => value === null);
  return isEmpty ? withoutEmptyEnds(columns.slice(0, -1)) : columns;
}

function withoutEmptyRows(columns: readonly ReadColumn[]): readonly ReadColumn[] {
  const isMark = (value: number | string | null): boolean =>
    value === null || (typeof value === "string" && /^(na|n\/a|none|null|nan)$/i.test(value));
  const rows = [...(columns[0]?.values.keys() ?? [])].filter(
    (row) => !columns.every(({ values }) => isMark(values[row]!)),
  );
  return columns.map((column) => ({ ...column, values: rows.map((row) => column.values[row]!) }));
}
