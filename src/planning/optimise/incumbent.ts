import type { CampaignModel, Quantity } from "./campaign-model.ts";

/**
 * Largest posterior mean of `quantity` (standardised, signed) among its measured, feasible points: what a new point must
 * beat, robust against noise. Without a feasible point the smallest mean, so that any point counts as progress.
 */
export function findIncumbent(model: CampaignModel, quantity: Quantity): number {
  const { gp } = quantity.surrogate;
  if (gp === undefined) return 0;
  const fitted = gp.fitted();
  const learnt = new Map<string, number>();
  gp.points.forEach((point, i) => {
    learnt.set(point.join(), fitted[i] ?? 0);
  });
  let best = Number.NEGATIVE_INFINITY;
  for (const row of model.rows) {
    if (row.x === undefined || !model.isFeasible(row)) continue;
    const key = row.x.map((v, c) => v / (gp.theta.widths[gp.groups[c] ?? 0] ?? 1)).join();
    best = Math.max(best, learnt.get(key) ?? Number.NEGATIVE_INFINITY);
  }
  if (best > Number.NEGATIVE_INFINITY) return best;
  return fitted.reduce((least, f) => Math.min(least, f), 0);
}
