import { formatNumber } from "../../views/observation-summary.ts";

/** The seed changed nothing where every run measured the same candidates in the same order: they are one run. */
export function runsDiffer(runs: readonly { readonly sampled: readonly number[] }[]): boolean {
  return new Set(runs.map(({ sampled }) => sampled.join())).size > 1;
}

/** A mean over the runs that got there: `28 ± 3.1`; without an error where nothing could scatter. */
export function meanInWords(mean: number, sd: number | null | undefined, differ: boolean): string {
  const value = formatNumber(mean);
  return !differ || sd === null || sd === undefined
    ? value
    : `${value} ± ${formatNumber(Number(sd.toPrecision(2)))}`;
}

/** `3 of 5 runs`, `1 run`, or that all runs are the same. */
export function runsInWords(reached: number, runs: number, differ: boolean): string {
  if (runs === 1) return "1 run";
  return differ ? `${reached} of ${runs} runs` : `all ${runs} runs are the same`;
}

/** Columns of text beside each other, the first to the left and the others to the right. */
export function textColumns(rows: readonly (readonly string[])[], indent = "  "): string[] {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  return rows.map((row) =>
    `${indent}${row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0))).join("  ")}`.trimEnd(),
  );
}
