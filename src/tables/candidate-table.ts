import { LabError } from "../core/errors.ts";
import { columnOf, isRowNumbers, numberAt, type Table, type TableRow } from "./table.ts";

/** The phases that a label names, `A+B`; `undefined` where the cell is empty or "nan". TL-1020 where one has no name. */
export function phasesAt(table: Table, row: TableRow, column: number): string[] | undefined {
  const text = row.cells[column] ?? "";
  if (text === "" || /^nan$/i.test(text)) return undefined;
  const phases = text.split("+").map((name) => name.trim());
  if (!phases.includes("")) return phases;
  throw new LabError(
    "TL-1020",
    `${table.file}, line ${row.line}: the label "${text}" names a phase without a name`,
    { hint: "Write phases that coexist as A+B." },
  );
}

/**
 * Columns that are axes unless the user lists others: all but `others` and the numbers of the rows, which are told in
 * `warnings`. TL-1020 where one has no name.
 */
export function usualAxes(
  table: Table,
  others: readonly (string | undefined)[],
): { readonly axes: string[]; readonly warnings: string[] } {
  const warnings: string[] = [];
  const axes = table.columns.filter((name, k) => {
    if (others.includes(name)) return false;
    if (isRowNumbers(table, k)) {
      warnings.push(`column ${k + 1} ("${name}") holds the numbers of the rows and is no axis`);
      return false;
    }
    if (name !== "") return true;
    throw new LabError("TL-1020", `${table.file}: column ${k + 1} has no name`, {
      hint: "Name it in the first line, or list the axes by --axes.",
    });
  });
  return { axes, warnings };
}

/** TL-1020 where a table has no candidates, or more than `most`. */
export function checkCandidates({ file, rows }: Table, most = Number.POSITIVE_INFINITY): void {
  if (rows.length === 0) {
    throw new LabError("TL-1020", `${file} has a header but no candidates`, {
      hint: "Write one row a candidate.",
    });
  }
  if (rows.length > most) {
    const what = `${file} has ${rows.length} candidates; ${most} are allowed`;
    throw new LabError("TL-1020", what, { hint: "Take larger steps." });
  }
}

/** Shares of a whole that sum to 1 or to 100 within this, relatively. */
const SUM_TOLERANCE = 2e-3;
/** From this share of the rows on, the others are rounded, or mistakes, and not another kind of space. */
const MOST = 0.9;
/** Shares written with two decimals sum to the whole within this, relatively. */
const ROUNDED_TOLERANCE = 2e-2;

/**
 * The axes that are shares of one whole: two at least, that sum to 1 (or 100) in every row; the first ones, or all but one.
 * Throws TL-1020 with the line where only few rows do not, or where a share is negative.
 */
export function findShares(table: Table, axes: readonly string[]): readonly string[] {
  const columns = axes.map((axis) => columnOf(table, axis));
  for (const trial of possibleShares(axes.length)) {
    const sums = table.rows.map((row) =>
      trial.reduce((sum, k) => sum + numberAt(table, row, columns[k] ?? 0), 0),
    );
    for (const whole of [1, 100]) {
      const isOff = (sum: number, tolerance: number): boolean =>
        !(Math.abs(sum - whole) < tolerance * whole);
      const off = sums.filter((sum) => isOff(sum, SUM_TOLERANCE)).length;
      if (off > (1 - MOST) * sums.length) continue;
      const names = trial.map((k) => axes[k] ?? "");
      const at = sums.findIndex((sum) => isOff(sum, ROUNDED_TOLERANCE));
      if (at >= 0) throw notWhole(table, names, { whole, sums, at });
      checkShares(table, names);
      return names;
    }
  }
  return [];
}

/** Which of `count` axes may be shares of one whole: the longest run of the first ones, then all but one. */
function possibleShares(count: number): number[][] {
  const all = Array.from({ length: count }, (_, k) => k);
  const first = all.map((k) => all.slice(0, count - k));
  const others = all.map((out) => all.filter((k) => k !== out));
  return [...first, ...others].filter((trial) => trial.length >= 2);
}

function notWhole(
  table: Table,
  names: readonly string[],
  { whole, sums, at }: { whole: number; sums: readonly number[]; at: number },
): LabError {
  const sum = Number((sums[at] ?? 0).toPrecision(6));
  return new LabError(
    "TL-1020",
    `${table.file}, line ${table.rows[at]?.line}: ${names.join(" + ")} is ${sum}, in most rows ${whole}`,
  );
}

function checkShares(table: Table, names: readonly string[]): void {
  const columns = names.map((name) => columnOf(table, name));
  for (const row of table.rows) {
    const k = names.findIndex((_, k) => numberAt(table, row, columns[k] ?? 0) < -SUM_TOLERANCE);
    if (k < 0) continue;
    const what = `${table.file}, line ${row.line}: the share "${row.cells[columns[k] ?? 0]}" of ${names[k]} is negative`;
    throw new LabError("TL-1020", what);
  }
}
