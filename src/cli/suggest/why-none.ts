import type { Parameters } from "../../domain/candidate.ts";
import type { InputConstraint } from "../../domain/goal-settings.ts";
import { satisfies } from "../../planning/optimise/candidate-pool.ts";

/**
 * Why no candidate is left to propose, with how many each reason holds back: `3 lack an input, 2 are in flight`. Candidates
 * without a result are counted once each, under the first reason that holds.
 */
export function whyNone(about: {
  readonly rows: readonly Parameters[];
  readonly inputs: readonly string[];
  readonly limits: readonly InputConstraint[];
  /** Rows that have a result, and rows that are being measured. */
  readonly measured: ReadonlySet<number>;
  readonly inFlight: ReadonlySet<number>;
}): string {
  const { rows, inputs, limits, measured, inFlight } = about;
  const keyOf = (row: number): string => inputs.map((name) => rows[row]?.[name]).join("|");
  const taken = new Set([...measured, ...inFlight].map(keyOf));
  const counts = { lacking: 0, inFlight: 0, beyond: 0, twins: 0, others: 0 };
  rows.forEach((parameters, row) => {
    if (measured.has(row)) return;
    if (inputs.some((name) => isMissing(parameters[name]))) counts.lacking++;
    else if (inFlight.has(row)) counts.inFlight++;
    else if (!limits.every((limit) => satisfies(parameters, limit))) counts.beyond++;
    else if (taken.has(keyOf(row))) counts.twins++;
    else counts.others++;
  });
  const { lacking, beyond, twins, others } = counts;
  const parts = [
    ...told(lacking, "lacks an input", "lack an input"),
    ...told(counts.inFlight, "is in flight", "are in flight"),
    ...told(beyond, "is beyond the limits", "are beyond the limits"),
    ...told(twins, "is the same place as one of those", "are the same places as some of those"),
    ...told(others, "has no cost or has failed", "have no cost or have failed"),
  ];
  return parts.join(", ");
}

function told(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

function isMissing(value: number | string | undefined): boolean {
  return (
    value === undefined || value === "" || (typeof value === "number" && !Number.isFinite(value))
  );
}
