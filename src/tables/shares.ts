import { LabError } from "../core/errors.ts";
import { lineOf } from "./coded-columns.ts";
import { axisNumbers } from "./numeric-column.ts";
import { columnOf, type Table } from "./table.ts";

/** Axes that are shares of one whole, and what a person should know of them. */
export interface Shares {
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Shares of a whole that sum to 1 or to 100 within this, relatively. */
const SUM_TOLERANCE = 2e-3;
/** From this share of the rows on, the others are rounded, or mistakes, and not another kind of space. */
const MOST = 0.9;
/** Shares written with two decimals sum to the whole within this, relatively. */
const ROUNDED_TOLERANCE = 2e-2;
/** Measured or weighed shares sum to the whole within this, relatively. */
const MEASURED_TOLERANCE = 4e-2;

/**
 * The axes that are shares of one whole: two at least, that sum to 1 (or 100) in every row; constant axes are passed over,
 * wherever they stand. Throws TL-1020 with the line where only few rows do not, or where a share is negative. Sums that miss
 * the whole by a few percent in most rows are taken as measured shares, and told.
 */
export function findShares(table: Table, axes: readonly string[]): Shares {
  const varying = axes
    .map((name) => ({ name, values: axisNumbers(table, columnOf(table, name)).values }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
  const trials = possibleShares(varying.length).map((trial) => trial.map((k) => varying[k]!));
  for (const tolerance of [SUM_TOLERANCE, MEASURED_TOLERANCE]) {
    for (const trial of trials) {
      if (tolerance > SUM_TOLERANCE && trial.length < 3) continue;
      const found = sharesOf(table, trial, tolerance);
      if (found !== undefined) return found;
    }
  }
  return { names: [], warnings: missingComponent(varying) };
}

interface Axis {
  readonly name: string;
  readonly values: Float64Array;
}

function sharesOf(table: Table, trial: readonly Axis[], tolerance: number): Shares | undefined {
  const names = trial.map(({ name }) => name);
  const sums = sumsOf(trial);
  for (const whole of [1, 100]) {
    const isOff = (sum: number, within: number): boolean =>
      !(Math.abs(sum - whole) < within * whole);
    let off = 0;
    for (let row = 0; row < sums.length; row++) if (isOff(sums[row]!, tolerance)) off++;
    if (off > (1 - MOST) * sums.length) continue;
    const isMeasured = tolerance > ROUNDED_TOLERANCE;
    const at = sums.findIndex((sum) => isOff(sum, isMeasured ? tolerance : ROUNDED_TOLERANCE));
    if (at >= 0) throw notWhole(table, names, { whole, sums, at });
    checkShares(table, trial);
    if (!isMeasured) return { names, warnings: [] };
    const [least, most] = extremes(sums);
    return {
      names,
      warnings: [
        `${names.join(" + ")} sum to ${brief(least)} .. ${brief(most)} and not to ${whole}: they were taken as measured shares of one composition`,
      ],
    };
  }
  return undefined;
}

function sumsOf(axes: readonly Axis[]): Float64Array {
  const sums = new Float64Array(axes[0]?.values.length ?? 0);
  for (const { values } of axes)
    for (let row = 0; row < sums.length; row++) sums[row]! += values[row]!;
  return sums;
}

function extremes(values: Float64Array): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}

/** Two axes from 0 whose sum reaches 1 (or 100) and never passes it: two of three components, in all likelihood. */
function missingComponent(axes: readonly Axis[]): string[] {
  for (const [i, a] of axes.entries()) {
    for (const b of axes.slice(i + 1)) {
      const sums = sumsOf([a, b]);
      const [least, most] = extremes(sums);
      const isShare = [a, b].every(({ values }) => values.every((value) => value >= 0));
      const whole = [1, 100].find((value) => Math.abs(most - value) < SUM_TOLERANCE * value);
      const isTriangle =
        whole !== undefined &&
        least < whole / 2 &&
        [a, b].every(({ values }) => extremes(values)[1] > 0.9 * whole) &&
        sums.filter((sum) => Math.abs(sum - whole) < SUM_TOLERANCE * whole).length >= 3;
      if (isShare && isTriangle)
        return [
          `${a.name} and ${b.name} look like two components of a composition of three (their sum never passes ${whole}): ` +
            "with the third as a column of its own the map is a ternary section",
        ];
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
  { whole, sums, at }: { whole: number; sums: Float64Array; at: number },
): LabError {
  return new LabError(
    "TL-1020",
    `${table.file}, line ${lineOf(table, at)}: ${names.join(" + ")} is ${brief(sums[at] ?? 0)}, in most rows ${whole}`,
  );
}

function brief(value: number): number {
  return Number(value.toPrecision(6));
}

function checkShares(table: Table, axes: readonly Axis[]): void {
  const first = Math.min(
    ...axes.flatMap(({ values }) => {
      const at = values.findIndex((value) => value < -SUM_TOLERANCE);
      return at < 0 ? [] : [at];
    }),
  );
  const axis = axes.find(({ values }) => values[first]! < -SUM_TOLERANCE);
  if (axis === undefined) return;
  const row = table.rows[first]!;
  const cell = row.cells[columnOf(table, axis.name)];
  const what = `${table.file}, line ${row.line}: the share "${cell}" of ${axis.name} is negative`;
  throw new LabError("TL-1020", what);
}
