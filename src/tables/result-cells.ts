import { LabError } from "../core/errors.ts";
import { isFailure, isUnmeasured, resultCells, splitUnit } from "./cell-kinds.ts";
import { readErrors, readInexact } from "./inexact-cells.ts";
import { linesOf } from "./label-cells.ts";
import { columnOf, readNumber, type Table } from "./table.ts";

/** A cell of a column of results: a number, an experiment that failed, or not measured. */
export type ResultCell =
  | {
      readonly kind: "value";
      readonly value: number;
      /** Standard error, where the table tells it. */
      readonly error?: number | undefined;
      /** Known only to be at most or at least `value`: `<0.1`, `>100`. */
      readonly bound?: "below" | "above" | undefined;
    }
  | { readonly kind: "failed"; readonly reason: string }
  | undefined;

export interface ResultColumn {
  readonly name: string;
  readonly cells: readonly ResultCell[];
  readonly warnings: readonly string[];
}

/**
 * Reads a column of measured numbers. Marks such as `NA` mean "not measured"; `fail`, and `nan` or `?` beside empty cells, and
 * words, are experiments that failed, told with their lines. A number with something behind or before it (`0.42 (2nd try)`,
 * `0.5±0.1`, `<5`) is neither: TL-1020 with every such line; with `learnsBounds` the last two are results, and standard errors are
 * looked for in a column `NAME_se` or `NAME ±`.
 */
export function readResults(
  table: Table,
  name: string,
  { learnsBounds = false }: { readonly learnsBounds?: boolean } = {},
): ResultColumn {
  const column = columnOf(table, name);
  const kinds = resultCells(table, column);
  const texts = table.rows.map((row) => row.cells[column] ?? "");
  const unit = commonUnit(texts.filter((text) => !isUnmeasured(kinds, text)));
  const failed: number[] = [];
  const unclear: number[] = [];
  const bounds: number[] = [];
  const errors = learnsBounds ? readErrors(table, name) : undefined;
  const cells = texts.map((text, row): ResultCell => {
    if (isUnmeasured(kinds, text)) return undefined;
    const value = readNumber(table, unit === undefined ? text : (splitUnit(text)?.number ?? text));
    if (Number.isFinite(value)) return { kind: "value", value, error: errors?.[row] };
    const known = learnsBounds ? readInexact(table, text) : undefined;
    if (known?.bound !== undefined) bounds.push(row);
    if (known !== undefined) return { ...known, error: known.error ?? errors?.[row] };
    if (!isFailure(text) && /\d/.test(text)) unclear.push(row);
    failed.push(row);
    return { kind: "failed", reason: `${name} is "${text}"` };
  });
  if (unclear.length > 0) throw unclearCells(table, column, unclear);
  const warnings: string[] = [];
  if (kinds.marks.size > 0)
    warnings.push(
      `${[...kinds.marks].map((mark) => `"${mark}"`).join(", ")} in the column ${name} was taken as not measured`,
    );
  if (failed.length > 0)
    warnings.push(
      `${failed.length} experiments of the column ${name} failed: ${linesOf(table, column, failed)}`,
    );
  if (bounds.length > 0)
    warnings.push(
      `${bounds.length} results of ${name} are bounds: ${linesOf(table, column, bounds)}`,
    );
  if (unit !== undefined) warnings.push(`every result of ${name} carries the unit ${unit}`);
  return { name, cells, warnings };
}

/** The unit that every measured cell carries behind its number; failures aside. */
function commonUnit(texts: readonly string[]): string | undefined {
  const filled = texts.filter((text) => !isFailure(text));
  const units = new Set(filled.map((text) => splitUnit(text)?.unit));
  const [unit] = units;
  return filled.length > 1 && units.size === 1 ? unit : undefined;
}

function unclearCells(table: Table, column: number, rows: readonly number[]): LabError {
  const name = table.columns[column] ?? "";
  return new LabError(
    "TL-1020",
    `${table.file}: results in the column ${name} that are more than a number: ${linesOf(table, column, rows)}`,
    {
      hint: "Write the number alone, or leave the cell empty; remarks go into a column of their own.",
    },
  );
}
