import { configurationError, type LoadedConfiguration } from "../../config/load-configuration.ts";
import { LabError } from "../core/errors.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { createPlanner } from "../planning/create-planner.ts";
import { findModelProblems } from "../planning/model-problems.ts";

/**
 * Lets the planner of every campaign check its model, as it will at the start: a wrong bond, an unknown objective.
 * Errors: TL-1010 with every problem and its line.
 */
export function refuseBadModels(
  loaded: LoadedConfiguration,
  campaigns: readonly { readonly spec: CampaignSpec }[],
): void {
  const problems = campaigns.flatMap(({ spec }, k) => {
    const at = ["campaigns", k, "model"];
    const found = findModelProblems(spec);
    if (found.length > 0) return found.map(({ path, text }) => ({ path: [...at, ...path], text }));
    try {
      createPlanner(spec);
      return [];
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return [{ path: at, text: error.toLine() }];
    }
  });
  if (problems.length > 0) throw configurationError(loaded, problems);
}
