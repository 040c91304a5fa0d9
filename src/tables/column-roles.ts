import { LabError } from "../core/errors.ts";
import { isUnmeasured, kindOf, resultCells } from "./cell-kinds.ts";
import { codedColumn, countRows, countWords } from "./coded-columns.ts";
import { numericColumn } from "./numeric-column.ts";
import type { Table } from "./table.ts";

/** A column that is no input, and why: always told. */
export interface LeftOut {
  readonly column: string;
  readonly why: string;
}

/** Which columns are inputs where the user names none. */
export interface UsualAxes {
  readonly axes: string[];
  readonly leftOut: readonly LeftOut[];
}

const DATE = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[T ].*)?$/;

/**
 * Columns that are inputs unless the user lists them: all but `others` and those that cannot be one: constant ones, the
 * numbers of the rows, dates, words that differ in every row, and what is filled only where a result is (remarks, file
 * names, further results). `results` are the columns of results. TL-1020 where a column that stays has no name.
 */
export function usualAxes(
  table: Table,
  others: readonly (string | undefined)[],
  results: readonly string[],
): UsualAxes {
  const measured = measuredRows(table, results);
  const leftOut: LeftOut[] = [];
  const axes: string[] = [];
  const open = table.columns.flatMap((name, k) => (others.includes(name) ? [] : [{ name, k }]));
  for (const { name, k } of open) {
    const why = whyNoInput(table, k, measured);
    if (why !== undefined) leftOut.push({ column: name || `column ${k + 1} ("")`, why });
    else axes.push(name);
    if (why === undefined && name === "") throw nameless(table, k);
  }
  // A table of one input that counts its rows is a scan, not a table without inputs.
  if (axes.length === 0) {
    const scan = open.filter(({ k }) => isCounted(table, k) && table.columns[k] !== "");
    if (scan.length === 1)
      return {
        axes: [scan[0]!.name],
        leftOut: leftOut.filter(({ column }) => column !== scan[0]!.name),
      };
  }
  return { axes, leftOut };
}

function nameless(table: Table, k: number): LabError {
  return new LabError("TL-1020", `${table.file}: column ${k + 1} has no name`, {
    hint: "Name it in the first line, or list the axes by --axes.",
  });
}

function whyNoInput(
  table: Table,
  column: number,
  measured: readonly boolean[],
): string | undefined {
  const { words, code } = codedColumn(table, column);
  if (words.length === 1 && code.length > 1)
    return `it is ${words[0] === "" ? "empty" : `"${words[0]}"`} in every row`;
  if (isCounted(table, column)) return "it holds the numbers of the rows";
  const isPartial = measured.includes(true) && measured.includes(false);
  const isBehindResult =
    isPartial &&
    code.every((k, row) => measured[row] === true || words[k] === "") &&
    words.some(Boolean);
  const isNumeric = words.every((word) => word === "" || kindOf(table, word) === "number");
  if (isBehindResult)
    return isNumeric
      ? "it is filled only where a result is: a result of its own (--objectives or --constraints take it)"
      : "it is filled only where a result is";
  if (isNumeric) return undefined;
  if (words.every((word) => word === "" || DATE.test(word))) return "it holds dates";
  if (numericColumn(table, column) !== undefined) return undefined;
  if (words.includes("")) return "it holds words, and not in every row";
  return words.length === code.length && words.length > 2
    ? "its words differ in every row"
    : undefined;
}

/** 1, 2, 3 .. or 0, 1, 2 .. down the rows. */
function isCounted(table: Table, column: number): boolean {
  const { words, code } = codedColumn(table, column);
  const first = Number(words[0] || Number.NaN);
  const begins = first === 0 || first === 1;
  return (
    begins &&
    code.length > 2 &&
    words.length === code.length &&
    words.every((word, k) => word !== "" && Number(word) === first + k)
  );
}

/** Rows in which one of the columns of results holds something. */
function measuredRows(table: Table, results: readonly string[]): boolean[] {
  const columns = results.map((name) => table.columns.indexOf(name)).filter((k) => k >= 0);
  const measured = new Array<boolean>(countRows(table)).fill(false);
  for (const column of columns) {
    const { words, code } = codedColumn(table, column);
    const kinds = resultCells(table, column);
    const isMeasured = words.map((word) => !isUnmeasured(kinds, word));
    for (let row = 0; row < code.length; row++) if (isMeasured[code[row]!]) measured[row] = true;
  }
  return measured;
}

/** The column of results where the user names none: the last one of numbers, an incomplete one first. */
export function usualObjective(table: Table): string {
  const numeric = table.columns.filter((_, column) => isResultLike(table, column));
  const incomplete = numeric.filter((name) => {
    const column = table.columns.indexOf(name);
    const kinds = resultCells(table, column);
    return codedColumn(table, column).words.some((word) => isUnmeasured(kinds, word));
  });
  const found = incomplete.at(-1) ?? numeric.at(-1) ?? table.columns.at(-1);
  if (found !== undefined && found !== "") return found;
  throw new LabError("TL-1001", `${table.file} names no column of results`, {
    exitCode: 2,
    hint: "Name it: --objectives yield:max.",
  });
}

function isResultLike(table: Table, column: number): boolean {
  const coded = codedColumn(table, column);
  const counts = countWords(coded);
  let [filled, numbers] = [0, 0];
  for (const [k, word] of coded.words.entries()) {
    const kind = kindOf(table, word);
    if (kind !== "empty" && kind !== "mark") filled += counts[k]!;
    if (kind === "number") numbers += counts[k]!;
  }
  return numbers > 0 && numbers >= filled / 2;
}

/**
 * The column of labels where the user names none: the last. Where several columns of words are incomplete, one whose name
 * says what it is; TL-1001 with `--label` where none does.
 */
export function usualLabel(table: Table, confidence: string | undefined): string {
  const last = table.columns.filter((name) => name !== confidence).at(-1) ?? "";
  const incomplete = table.columns.filter((name, column) => {
    if (name === confidence || (name !== last && isResultLike(table, column))) return false;
    const kinds = resultCells(table, column);
    return codedColumn(table, column).words.some((word) => isUnmeasured(kinds, word));
  });
  if (incomplete.length <= 1) return incomplete[0] ?? last;
  const named = incomplete.filter((name) => /^(?:phases?|labels?|structures?)$/i.test(name));
  if (named.length === 1) return named[0] ?? "";
  throw new LabError(
    "TL-1001",
    `${table.file}: ${incomplete.map((name) => name || '""').join(" and ")} are filled in part: which one is the label?`,
    { exitCode: 2, hint: `Name it: --label ${incomplete[0]}.` },
  );
}
