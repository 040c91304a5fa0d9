import type { Parameters } from "../domain/candidate.ts";
import { numericColumn } from "./numeric-column.ts";
import { columnOf, type Table } from "./table.ts";

/** The named columns of every row: numbers (NaN where empty), or words where a column is one of words: a category. */
export function readParameters(table: Table, names: readonly string[]): Parameters[] {
  const columns = names.map((name) => {
    const at = columnOf(table, name);
    return { name, at, numbers: numericColumn(table, at)?.values };
  });
  return table.rows.map(({ cells }, row) =>
    Object.fromEntries(
      columns.map(({ name, at, numbers }) => [
        name,
        numbers === undefined ? wordOf(cells[at] ?? "") : numbers[row]!,
      ]),
    ),
  );
}

function wordOf(cell: string): string | number {
  return cell === "" ? Number.NaN : cell;
}

/** Units that the cells of columns carry (`350 K`), told because they are read as numbers. */
export function unitsTold(table: Table, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const unit = numericColumn(table, columnOf(table, name))?.unit;
    return unit === undefined ? [] : [`every cell of ${name} carries the unit ${unit}`];
  });
}
