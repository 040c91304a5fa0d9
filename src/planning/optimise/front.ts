import type { ObjectiveSetting } from "../../domain/goal-settings.ts";
import { hypervolume, paretoIndices } from "../../models/optimise/acquisition/pareto.ts";
import type { CampaignModel } from "./campaign-model.ts";
import type { ResultRow } from "./result-rows.ts";

/** The measured, feasible results that no other dominates. Values signed: larger is better. */
export interface Front {
  readonly rows: readonly ResultRow[];
  readonly values: readonly (readonly number[])[];
  /** All feasible results, signed. */
  readonly all: readonly (readonly number[])[];
  /** Reference point of the hypervolume, signed. */
  readonly reference: readonly number[];
  readonly hypervolume: number;
}

/** How far below the worst value of the front the reference lies, in shares of the front's range. */
const MARGIN = 0.1;

/** The front over the model's objectives, from measured values. */
export function findFront(model: CampaignModel, objectives: readonly ObjectiveSetting[]): Front {
  const quantities = model.quantities.filter((q) => q.role === "objective");
  const feasible = model.rows.filter((row) => model.isFeasible(row));
  const all = feasible.map((row) => quantities.map(({ name }) => row.values.get(name)?.value ?? 0));
  const indices = paretoIndices(all);
  const values = indices.map((k) => all[k] ?? []);
  const reference = referencePoint(
    all,
    values,
    quantities.map(({ name, sign }) => {
      const given = objectives.find((o) => o.name === name)?.reference;
      return given === undefined ? undefined : sign * given;
    }),
  );
  return {
    rows: indices.flatMap((k) => feasible[k] ?? []),
    values,
    all,
    reference,
    hypervolume: hypervolume(values, reference),
  };
}

/**
 * The user's reference where there is one. Otherwise, from the present front each time, a tenth of the range below its worst
 * values; while the front is one point, the worst of all results stands in for the range.
 */
function referencePoint(
  all: readonly (readonly number[])[],
  front: readonly (readonly number[])[],
  given: readonly (number | undefined)[],
): number[] {
  return given.map((fixed, j) => {
    if (fixed !== undefined) return fixed;
    const among = front.length > 1 ? front : all;
    const values = among.map((point) => point[j] ?? 0);
    const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (values.length === 0) return 0;
    return low - MARGIN * (high > low ? high - low : Math.max(Math.abs(high), 1e-300));
  });
}
