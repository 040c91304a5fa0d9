import type { Parameters } from "../../domain/candidate.ts";
import type { CampaignModel } from "./campaign-model.ts";
import { findFront } from "./front.ts";

/** Results around which a continuous space is looked at more closely. */
const BEST_RESULTS = 5;

/** Where the best results were measured, best first: the largest single objective, the front of several. */
export function bestParameters(model: CampaignModel): Parameters[] {
  const objectives = model.quantities.filter((q) => q.role !== "constraint");
  const only = objectives.length === 1 ? objectives[0] : undefined;
  if (only === undefined) {
    const { rows } = findFront(model, []);
    return rows.slice(-2 * BEST_RESULTS).map((row) => row.result.parameters);
  }
  const value = (row: CampaignModel["rows"][number]): number => {
    const measured = row.values.get(only.name)?.value ?? Number.NEGATIVE_INFINITY;
    return only.role === "target"
      ? -Math.max(0, only.min - measured, measured - only.max)
      : measured;
  };
  return model.rows
    .filter((row) => !row.failed && row.values.has(only.name))
    .filter((row) => row.values.get(only.name)?.bound !== "below")
    .sort((a, b) => value(b) - value(a))
    .slice(0, BEST_RESULTS)
    .map((row) => row.result.parameters);
}

/** The allowed rows of largest score, best first. */
export function topRows(scores: Float64Array, allowed: Uint8Array, count: number): number[] {
  return [...scores.keys()]
    .filter((n) => allowed[n] === 1 && !Number.isNaN(scores[n]))
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    .slice(0, count);
}
