import type { Parameters } from "../domain/candidate.ts";
import { columnOf, readNumber, type Table } from "./table.ts";

/** A cell as the planner takes it: a number where it reads as one, NaN where empty or "nan", else text. */
export function cellValue(table: Table, cell: string): number | string {
  if (cell === "" || /^[+-]?nan$/i.test(cell)) return Number.NaN;
  if (/^([+-]?)inf(inity)?$/i.test(cell)) return cell.startsWith("-") ? -1 / 0 : 1 / 0;
  const value = readNumber(table, cell);
  return Number.isNaN(value) ? cell : value;
}

/** The named columns of every row. */
export function readParameters(table: Table, names: readonly string[]): Parameters[] {
  const columns = names.map((name) => columnOf(table, name));
  return table.rows.map(({ cells }) =>
    Object.fromEntries(
      names.map((name, k) => [name, cellValue(table, cells[columns[k] ?? 0] ?? "")]),
    ),
  );
}
