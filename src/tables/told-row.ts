import { LabError } from "../core/errors.ts";
import { kindOf } from "./cell-kinds.ts";
import { isSame } from "./edit-table.ts";
import { columnOf, type Table, type TableRow } from "./table.ts";

/** What a person says of one experiment: values by column. */
export type Told = Readonly<Record<string, string>>;

/** A row of a table that is meant, and what is new of it. */
export interface FoundRow {
  readonly row: TableRow;
  readonly cells: ReadonlyMap<number, string>;
}

const LINES_max = 5;

/**
 * The row that is meant: every told value that it holds is the same, and the empty ones are filled. Of several rows that hold the same,
 * the first; `undefined` where there is none. Throws TL-1020 where different rows are meant, TL-1021 for a column that is not there.
 */
export function findToldRow(table: Table, told: Told): FoundRow | undefined {
  const names = Object.keys(told);
  const columns = names.map((name) => columnOf(table, name));
  const found = table.rows.flatMap((row): FoundRow[] => {
    const open = columns.filter((at) => isOpen(table, row, at));
    const kept = columns.filter((at) => !open.includes(at));
    const agrees = kept.every((at) =>
      isSame(table, row.cells[at] ?? "", told[table.columns[at] ?? ""] ?? ""),
    );
    if (!agrees || kept.length === 0 || open.length === 0) return [];
    return [{ row, cells: new Map(open.map((at) => [at, told[table.columns[at] ?? ""] ?? ""])) }];
  });
  const [first, ...others] = found;
  const another = others.find(({ row }) => !isTwin(first?.row, row));
  if (first === undefined || another === undefined) return first;
  const lines = found.slice(0, LINES_max).map(({ row }) => row.line);
  const more = found.length > LINES_max ? ` and ${found.length - LINES_max} more` : "";
  throw new LabError(
    "TL-1020",
    `${table.file}: ${names.join(", ")} may mean the lines ${lines.join(", ")}${more}`,
    { hint: "Say more of the row: every input." },
  );
}

/** TL-1020 for a candidate that is not there, with what the nearest row says instead. */
export function noSuchRow(table: Table, told: Told): LabError {
  const text = Object.entries(told)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
  const differing = (row: TableRow): string[] =>
    Object.entries(told).flatMap(([name, value]) => {
      const cell = row.cells[columnOf(table, name)] ?? "";
      return cell === "" || isSame(table, cell, value) ? [] : [`${name} = ${cell}`];
    });
  const nearest = table.rows
    .map((row) => ({ line: row.line, other: differing(row) }))
    .reduce((best, one) => (one.other.length < best.other.length ? one : best));
  const what = nearest.other.length === 0 ? "says so already" : `has ${nearest.other.join(", ")}`;
  return new LabError("TL-1020", `${table.file} has no open row with ${text}`, {
    hint: `Line ${nearest.line} ${what}; a result that is there is changed in the file.`,
  });
}

function isOpen(table: Table, row: TableRow, at: number): boolean {
  const kind = kindOf(table, row.cells[at] ?? "");
  return kind === "empty" || kind === "mark";
}

function isTwin(a: TableRow | undefined, b: TableRow): boolean {
  return a?.cells.every((cell, k) => cell === b.cells[k]) === true;
}
