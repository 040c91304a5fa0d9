import { LabError } from "../core/errors.ts";
import { kindOf, splitUnit } from "./cell-kinds.ts";
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
  const cells = table.rows.map((row) => {
    const cell = row.cells[column] ?? "";
    return kindOf(table, cell) === "mark" ? "" : cell;
  });
  const filled = cells.filter((cell) => cell !== "");
  const values = Float64Array.from(cells, (cell) => readNumber(table, cell));
  const wrong = cells.flatMap((cell, k) => (cell !== "" && !Number.isFinite(values[k]) ? [k] : []));
  if (wrong.length === 0) return filled.length === 0 ? undefined : { values };
  const carried = unitColumn(table, cells);
  if (carried !== undefined) return carried;
  if (filled.length - wrong.length < NUMBERS_min * filled.length) return undefined;
  const row = table.rows[wrong[0] ?? 0];
  if (row === undefined) return undefined;
  throw notANumber(
    table,
    row,
    column,
    `${filled.length - wrong.length} of ${filled.length} cells of that column are: correct the line named.`,
  );
}

/** The finite numbers of a column of an axis; TL-1020 with the line of what is none. */
export function axisNumbers(table: Table, column: number): NumericColumn {
  const found = numericColumn(table, column);
  const wrong = table.rows.findIndex(
    ({ cells }, k) => !Number.isFinite(found?.values[k] ?? readNumber(table, cells[column] ?? "")),
  );
  const row = table.rows[wrong];
  if (row !== undefined) throw notANumber(table, row, column, axisHint(table, column));
  if (found === undefined) throw new LabError("TL-1020", `${table.file} has no rows`);
  return found;
}

function axisHint(table: Table, column: number): string | undefined {
  const isWords = table.rows.some((row) => /[A-Za-z]{2}/.test(row.cells[column] ?? ""));
  return isWords
    ? "Correct it; a column that is no axis is left out by naming the axes: --axes."
    : undefined;
}

function unitColumn(table: Table, cells: readonly string[]): NumericColumn | undefined {
  const parts = cells.map((cell) => (cell === "" ? undefined : splitUnit(cell)));
  const units = new Set(parts.flatMap((part) => part?.unit ?? []));
  const isWhole = cells.every((cell, k) => cell === "" || parts[k] !== undefined);
  if (!isWhole || units.size !== 1) return undefined;
  const values = Float64Array.from(parts, (part) =>
    part === undefined ? Number.NaN : readNumber(table, part.number),
  );
  return { values, unit: [...units][0] };
}
