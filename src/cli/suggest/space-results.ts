import { existsSync } from "node:fs";
import { LabError } from "../../core/errors.ts";
import { hasAxis } from "../../domain/box-levels.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { CampaignResult, PendingPoint } from "../../domain/proposal.ts";
import type { BoxAxis, BoxSpace } from "../../domain/search-space.ts";
import { errorColumnOf } from "../../tables/inexact-cells.ts";
import { linesOf } from "../../tables/label-cells.ts";
import { numericColumn } from "../../tables/numeric-column.ts";
import { readResults } from "../../tables/result-cells.ts";
import { columnOf, notANumber, readTable, type Table } from "../../tables/table.ts";
import { resultsOf } from "./optimise-settings.ts";

/** What a file of results says of a space: a row without a result is being measured. */
export interface SpaceResults {
  readonly results: readonly CampaignResult[];
  readonly pending: readonly PendingPoint[];
  /** Columns that are neither axes nor results. */
  readonly others: readonly string[];
  readonly warnings: readonly string[];
}

const NOTHING: SpaceResults = { results: [], pending: [], others: [], warnings: [] };

/** Reads the results of a space; a file that is not there yet holds none. Throws TL-1020, TL-1021. */
export function readSpaceResults(
  file: string | undefined,
  space: BoxSpace,
  measured: readonly string[],
): SpaceResults {
  if (file === undefined) return NOTHING;
  if (!existsSync(file))
    return { ...NOTHING, warnings: [`${file} is not there yet: nothing has been measured`] };
  const table = readTable(file);
  const rows = readPoints(table, space);
  const columns = measured.map((name) => readResults(table, name, { learnsBounds: true }));
  const results = resultsOf(columns, rows);
  const known = new Set(results.map(({ position }) => position));
  const pending = rows.flatMap((parameters, row): PendingPoint[] =>
    known.has(row) ? [] : [{ candidateId: `c${row}`, parameters }],
  );
  const errors = measured.flatMap((name) => errorColumnOf(table, name) ?? []);
  const roles = new Set([...space.axes.map(({ name }) => name), ...measured, ...errors]);
  return {
    results,
    pending,
    others: table.columns.filter((name) => !roles.has(name)),
    warnings: [...columns.flatMap(({ warnings }) => warnings), ...beyond(table, space, rows)],
  };
}

/** Each row as a point of the space, without the axes that it does not have. */
function readPoints(table: Table, { axes }: BoxSpace): Parameters[] {
  const columns = axes.map((axis) => {
    const at = columnOf(table, axis.name);
    const isWords = axis.categories !== undefined;
    return { axis, at, numbers: isWords ? undefined : numericColumn(table, at)?.values };
  });
  return table.rows.map((row, k) => {
    const words = columns.flatMap(({ axis, at }): [string, string][] =>
      axis.categories === undefined ? [] : [[axis.name, row.cells[at] ?? ""]],
    );
    const point: Record<string, number | string> = Object.fromEntries(words);
    for (const { axis, at, numbers } of columns) {
      if (!hasAxis(axis, point)) delete point[axis.name];
      else if (axis.categories !== undefined) checkCategory(table, axis, { at, row: k });
      else {
        const value = numbers?.[k] ?? Number.NaN;
        if (!Number.isFinite(value)) throw notANumber(table, row, at, "Every point needs it.");
        point[axis.name] = value;
      }
    }
    return point;
  });
}

function checkCategory(
  table: Table,
  { name, categories = [] }: BoxAxis,
  { at, row }: { readonly at: number; readonly row: number },
): void {
  const { line = 0, cells = [] } = table.rows[row] ?? {};
  if (categories.includes(cells[at] ?? "")) return;
  throw new LabError(
    "TL-1020",
    `${table.file}, line ${line}: "${cells[at]}" is no ${name} of the space`,
    { hint: `There are ${categories.join(", ")}.` },
  );
}

/** Points outside of the ranges are learnt as they were measured, and told. */
function beyond(table: Table, { axes }: BoxSpace, rows: readonly Parameters[]): string[] {
  return axes.flatMap(({ name, min, max, categories }) => {
    if (categories !== undefined) return [];
    const outside = rows.flatMap((point, row) => {
      const value = point[name];
      return typeof value === "number" && (value < min || value > max) ? [row] : [];
    });
    if (outside.length === 0) return [];
    const where = linesOf(table, columnOf(table, name), outside);
    return [`${name} is outside ${min}..${max} and was learnt as it is: ${where}`];
  });
}
