import { configurationError, type LoadedConfiguration } from "../../config/load-configuration.ts";
import type { Configuration } from "../../config/schema.ts";
import { LabError } from "../core/errors.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { findSpecProblems } from "../models/effective-model/spec-problems.ts";
import { createPlanner } from "../planning/create-planner.ts";

interface ModelProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** Every problem of the campaigns' spin models: bonds, couplings, curves; to be reported with those of the schema. */
export function findModelProblems({ campaigns }: Configuration): ModelProblem[] {
  return campaigns.flatMap(({ goal, model }, k) => {
    if (goal !== "effective-model") return [];
    return findSpecProblems(model.spec).map(({ path, text }) => ({
      path: ["campaigns", k, "model", "spec", ...path],
      text,
    }));
  });
}

/**
 * Lets the planner of every campaign check its model, as it will at the start: an unknown target, a space that does not
 * fit. Errors: TL-1010 with every problem and its line.
 */
export function refuseBadModels(
  loaded: LoadedConfiguration,
  campaigns: readonly { readonly spec: CampaignSpec }[],
): void {
  const problems = campaigns.flatMap(({ spec }, k): ModelProblem[] => {
    try {
      createPlanner(spec);
      return [];
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return [{ path: ["campaigns", k, "model"], text: error.toLine() }];
    }
  });
  if (problems.length > 0) throw configurationError(loaded, problems);
}
