import type { CrossProblem } from "./cross-problem.ts";
import type { CampaignConfiguration } from "./schema.ts";

/** A load that can never have as many samples as it shall begin with: fewer are in flight. */
export function checkLoads(
  { recipe, inFlight }: CampaignConfiguration,
  path: readonly PropertyKey[],
): CrossProblem[] {
  return recipe.flatMap(({ load }, k) => {
    if (load?.fill_min === undefined || load.fill_min <= inFlight) return [];
    const text = `no load can have ${load.fill_min} samples where ${inFlight} are in flight: write inFlight: ${2 * load.fill_min}`;
    return [{ path: [...path, "recipe", k, "load", "fill_min"], text }];
  });
}
