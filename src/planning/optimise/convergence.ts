import type { OptimiseView } from "../../domain/planner-view.ts";
import { hypervolume, paretoIndices } from "../../models/optimise/acquisition/pareto.ts";
import type { CampaignModel } from "./campaign-model.ts";
import { findFront } from "./front.ts";
import type { LearningSettings } from "./learning-settings.ts";

/** Points of a hypervolume curve; each costs a front. */
const CURVE_POINTS_max = 150;

/**
 * Progress after each result: the best feasible value of one objective (for a target the smallest distance to its range),
 * or the hypervolume of several, in the user's units. NaN before the first feasible result.
 */
export function convergenceOf(
  model: CampaignModel,
  settings: LearningSettings,
): OptimiseView["convergence"] {
  const wanted = model.quantities.filter((q) => q.role !== "constraint");
  const only = wanted.length === 1 ? wanted[0] : undefined;
  const evaluations = model.rows.map((_, k) => k + 1);
  if (only === undefined) return hypervolumeCurve(model, settings);
  let best = Number.NEGATIVE_INFINITY;
  const values = model.rows.map((row) => {
    const found = row.values.get(only.name);
    const isTarget = only.role === "target";
    const value = isTarget && found?.bound !== undefined ? undefined : found?.value;
    const counts = isTarget ? model.keepsConstraints(row) : model.isFeasible(row);
    if (value !== undefined && counts) {
      const merit = isTarget ? -Math.max(0, only.min - value, value - only.max) : value;
      best = Math.max(best, merit);
    }
    if (!Number.isFinite(best)) return Number.NaN;
    return isTarget ? -best : only.sign * best;
  });
  return {
    quantity: only.role === "target" ? `distance of ${only.name} to its range` : only.name,
    evaluations,
    values,
  };
}

function hypervolumeCurve(
  model: CampaignModel,
  settings: LearningSettings,
): OptimiseView["convergence"] {
  const objectives = model.quantities.filter((q) => q.role === "objective");
  const { reference } = findFront(model, settings.objectives);
  const step = Math.max(1, Math.ceil(model.rows.length / CURVE_POINTS_max));
  const evaluations: number[] = [];
  const values: number[] = [];
  let front: number[][] = [];
  model.rows.forEach((row, k) => {
    if (model.isFeasible(row)) {
      const all = [...front, objectives.map((q) => row.values.get(q.name)?.value ?? 0)];
      front = paretoIndices(all).map((i) => all[i] ?? []);
    }
    if ((k + 1) % step !== 0 && k + 1 < model.rows.length) return;
    evaluations.push(k + 1);
    values.push(hypervolume(front, reference));
  });
  return { quantity: "hypervolume", evaluations, values };
}
