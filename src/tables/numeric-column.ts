import { LabError } from "../core/errors.ts";
import { kindOf, splitUnit } from "./cell-kinds.ts";
import { type CodedColumn, codedColumn, countWords } from "./coded-columns.ts";
import { notANumber, readNumber, type Table } from "./table.ts";

/** From this share of numbers on, a column is one of numbers, and what else stands in it is a mistake. */
const NUMBERS_min = 0.8;

/** A column of numbers; NaN where a cell is empty or says that nothing is known. */
export interface NumericColumn {
  readonly values: Float64Array;
  /** The unit that every cell carries (`350 K`). */
  readonly unit?: string | undefined;
}

/**
 * The numbers of a column, `undefined` where it is one of words. A column in which nearly every cell is a number holds a
 * mistake: TL-1020 with its line, since taken as a category it would lead to nonsense without a word.
 */
export function numericColumn(table: Table, column: number): NumericColumn | undefined {
  const coded = codedColumn(table, column);
  const known = READ.get(coded);
  if (known !== undefined) return known;
  const found = readColumn(table, column, coded);
  if (found !== undefined) READ.set(coded, found);
  return found;
}

/** A column is asked for by each check and then as values: read once. */
const READ = new WeakMap<CodedColumn, NumericColumn>();

function readColumn(table: Table, column: number, coded: CodedColumn): NumericColumn | undefined {
  const words = coded.words.map((word) => (kindOf(table, word) === "mark" ? "" : word));
  const numbers = Float64Array.from(words, (word) => readNumber(table, word));
  const isWrong = words.map((word, k) => word !== "" && !Number.isFinite(numbers[k]));
  const isFilled = words.some((word) => word !== "");
  if (!isWrong.includes(true))
    return isFilled ? { values: rowsOf(coded.code, numbers) } : undefined;
  refuseOverflow(table, column, coded, numbers);
  const carried = unitColumn(table, words, coded.code);
  if (carried !== undefined) return carried;
  const counts = countWords(coded);
  const sum = (is: (k: number) => boolean): number =>
    counts.reduce((total, n, k) => total + (is(k) ? n : 0), 0);
  const [filled, wrong] = [sum((k) => words[k] !== ""), sum((k) => isWrong[k]!)];
  if (filled - wrong < NUMBERS_min * filled) return undefined;
  const row = table.rows[coded.code.findIndex((k) => isWrong[k]!)];
  if (row === undefined) return undefined;
  throw notANumber(
    table,
    row,
    column,
    `${filled - wrong} of ${filled} cells of that column are: correct the line named.`,
  );
}

/** `1e400` is a number, and no double can hold it: neither a category nor nothing. */
function refuseOverflow(
  table: Table,
  column: number,
  { words, code }: CodedColumn,
  numbers: Float64Array,
): void {
  const isTooLarge = (k: number): boolean =>
    !Number.isFinite(numbers[k]) && !Number.isNaN(numbers[k]) && /\d/.test(words[k]!);
  const row = table.rows[code.findIndex(isTooLarge)];
  if (row === undefined) return;
  throw notANumber(table, row, column, "It is too large: numbers go up to 1.8e308.");
}

function rowsOf(code: Int32Array, numbers: Float64Array): Float64Array {
  const values = new Float64Array(code.length);
  for (let i = 0; i < code.length; i++) values[i] = numbers[code[i]!]!;
  return values;
}

/** The finite numbers of a column of an axis; TL-1020 with the line of what is none. */
export function axisNumbers(table: Table, column: number): NumericColumn {
  const found = numericColumn(table, column);
  const { words, code } = codedColumn(table, column);
  const wrong =
    found === undefined
      ? code.findIndex((k) => !Number.isFinite(readNumber(table, words[k]!)))
      : firstNotFinite(found.values);
  const row = wrong < 0 ? undefined : table.rows[wrong];
  if (row !== undefined) throw notANumber(table, row, column, axisHint(table, column));
  if (found === undefined) throw new LabError("TL-1020", `${table.file} has no rows`);
  return found;
}

/** Position of the first that is no number, -1 where all are. */
function firstNotFinite(values: Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

function axisHint(table: Table, column: number): string | undefined {
  const isWords = table.rows.some((row) => /[A-Za-z]{2}/.test(row.cells[column] ?? ""));
  return isWords
    ? "Correct it; a column that is no axis is left out by naming the axes: --axes."
    : undefined;
}

function unitColumn(
  table: Table,
  words: readonly string[],
  code: Int32Array,
): NumericColumn | undefined {
  const parts = words.map((word) => (word === "" ? undefined : splitUnit(word)));
  const units = new Set(parts.flatMap((part) => part?.unit ?? []));
  const isWhole = words.every((word, k) => word === "" || parts[k] !== undefined);
  if (!isWhole || units.size !== 1) return undefined;
  const numbers = Float64Array.from(parts, (part) =>
    part === undefined ? Number.NaN : readNumber(table, part.number),
  );
  return { values: rowsOf(code, numbers), unit: [...units][0] };
}
