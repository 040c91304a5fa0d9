import type { SurrogateModel } from "../../models/optimise/surrogate-model.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";

/**
 * Largest posterior mean of `quantity` (standardised, signed) among its measured, feasible points: what a new point must
 * beat, robust against noise. Without a feasible point the smallest mean, so that any point counts as progress.
 */
export function findIncumbent(model: CampaignModel, quantity: Quantity): number {
  const { gp } = quantity.surrogate;
  if (gp === undefined) return 0;
  const fitted = gp.fitted();
  const places = placesOf(gp);
  let best = Number.NEGATIVE_INFINITY;
  for (const row of model.rows) {
    const place = row.x === undefined ? undefined : places.placeOf(row.x);
    if (place === undefined || !((fitted[place] ?? 0) > best)) continue;
    if (model.isFeasible(row)) best = fitted[place] ?? 0;
  }
  if (best > Number.NEGATIVE_INFINITY) return best;
  return fitted.reduce((least, f) => Math.min(least, f), 0);
}

/** Which of a model's points a result is: asked some times a proposal, so texts are made once a point. */
interface Places {
  readonly placeOf: (x: Float64Array) => number | undefined;
}

const PLACES = new WeakMap<SurrogateModel, Places & { readonly take: () => void }>();

function placesOf(gp: SurrogateModel): Places {
  const known = PLACES.get(gp) ?? createPlaces(gp);
  PLACES.set(gp, known);
  known.take();
  return known;
}

function createPlaces(gp: SurrogateModel) {
  const byPoint = new Map<string, number>();
  const keys = new WeakMap<Float64Array, string>();
  const keyOf = (x: Float64Array): string => {
    const key =
      keys.get(x) ?? x.map((v, c) => v / (gp.theta.widths[gp.groups[c] ?? 0] ?? 1)).join();
    keys.set(x, key);
    return key;
  };
  let taken = 0;
  return {
    placeOf: (x: Float64Array) => byPoint.get(keyOf(x)),
    /** Points that were appended since. */
    take: () => {
      for (; taken < gp.points.length; taken++) byPoint.set(gp.points[taken]!.join(), taken);
    },
  };
}
