import type { Table, TableRow } from "./table-rows.ts";
import { createWordIndex, type WordIndex } from "./word-index.ts";

/** A column with each distinct text once: large tables repeat few values, and what is asked of a text is asked once. */
export interface CodedColumn {
  /** Distinct texts in the order of their first rows; each stands in a row. */
  readonly words: readonly string[];
  /** Position in `words` of each row's cell. */
  readonly code: Int32Array;
}

/** What is kept of a table besides its rows. */
interface Coded {
  readonly columns: (CodedColumn | undefined)[];
  /** Line of each row; absent where the rows say it. */
  readonly lines?: Int32Array;
}

const CODED = new WeakMap<Table, Coded>();

/** The cells of a column: that of a row is `words[code[row]]`. */
export function codedColumn(table: Table, column: number): CodedColumn {
  let coded = CODED.get(table);
  if (coded === undefined) {
    coded = { columns: [] };
    CODED.set(table, coded);
  }
  coded.columns[column] ??= encode(table.rows, column);
  return coded.columns[column];
}

/** Number of rows, without making them. */
export function countRows(table: Table): number {
  return CODED.get(table)?.lines?.length ?? table.rows.length;
}

/** The line on which a row begins, without making the rows. */
export function lineOf(table: Table, row: number): number | undefined {
  const lines = CODED.get(table)?.lines;
  return lines === undefined ? table.rows[row]?.line : lines[row];
}

/** Rows that hold each of the words. */
export function countWords({ words, code }: CodedColumn): Int32Array {
  const counts = new Int32Array(words.length);
  for (const k of code) counts[k]! += 1;
  return counts;
}

function encode(rows: readonly TableRow[], column: number): CodedColumn {
  const index = createWordIndex();
  const code = Int32Array.from(rows, ({ cells }) => {
    const cell = cells[column] ?? "";
    return index.codeOf(cell, 0, cell.length);
  });
  return { words: index.words, code };
}

/** Text of a table behind its header. */
export interface TableText {
  readonly text: string;
  readonly delimiter: string;
  /** Where the first line behind the header begins, and its number. */
  readonly from: number;
  readonly line: number;
}

const [FEED, RETURN] = [10, 13];

/**
 * The columns of a text without quotes, read without an object for each row; `undefined` where a line with a value has more or
 * fewer cells than `width`. Empty lines and lines of empty cells are passed over.
 */
export function readCoded(
  { text, delimiter, from, line }: TableText,
  width: number,
): { readonly columns: CodedColumn[]; readonly lines: Int32Array } | undefined {
  const columns = Array.from({ length: width }, () => createGrowingColumn());
  const lines: number[] = [];
  const separator = delimiter.charCodeAt(0);
  let [number, cell, start, isEmpty] = [line, 0, from, true];
  for (let i = from; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : FEED;
    if (c !== separator && c !== FEED && c !== RETURN) continue;
    if (cell < width) isEmpty = !columns[cell]!.set(lines.length, text, start, i) && isEmpty;
    else if (isEmpty) isEmpty = text.slice(start, i).trim() === "";
    cell++;
    start = i + 1;
    if (c === separator) continue;
    if (!isEmpty && cell !== width) return undefined;
    if (!isEmpty) lines.push(number);
    number++;
    [cell, isEmpty] = [0, true];
    if (c === RETURN && text.charCodeAt(i + 1) === FEED) start = ++i + 1;
  }
  return {
    columns: columns.map((column) => column.end(lines.length)),
    lines: Int32Array.from(lines),
  };
}

function createGrowingColumn() {
  const index: WordIndex = createWordIndex();
  let code = new Int32Array(1024);
  return {
    /** True where the cell has a value. */
    set: (row: number, text: string, start: number, end: number): boolean => {
      if (row === code.length) {
        const larger = new Int32Array(2 * row);
        larger.set(code);
        code = larger;
      }
      const at = index.codeOf(text, start, end);
      code[row] = at;
      return index.words[at] !== "";
    },
    end: (rows: number): CodedColumn => withoutUnused(index.words, code.slice(0, rows)),
  };
}

/** Lines that were passed over may have left an empty word that stands in no row. */
function withoutUnused(words: readonly string[], code: Int32Array): CodedColumn {
  const empty = words.indexOf("");
  if (empty < 0 || code.includes(empty)) return { words, code };
  return { words: words.filter(Boolean), code: code.map((k) => (k > empty ? k - 1 : k)) };
}

/** A table of coded columns; its rows are made when they are asked for. */
export function codedTable(
  table: Omit<Table, "rows">,
  coded: { readonly columns: CodedColumn[]; readonly lines: Int32Array },
): Table {
  let rows: TableRow[] | undefined;
  const whole: Table = {
    ...table,
    get rows() {
      rows ??= Array.from(coded.lines, (line, row) => ({
        line,
        cells: coded.columns.map(({ words, code }) => words[code[row]!]!),
      }));
      return rows;
    },
  };
  CODED.set(whole, coded);
  return whole;
}
