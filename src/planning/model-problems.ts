import type { CampaignSpec } from "../domain/campaign.ts";
import { findSpecProblems, type SpecProblem } from "../models/effective-model/spec-problems.ts";

/** What is wrong with a campaign's `model`, every problem with its place in it; the planner's own check says the rest. */
export function findModelProblems(campaign: CampaignSpec): SpecProblem[] {
  if (campaign.goal !== "effective-model") return [];
  return findSpecProblems(campaign.model.spec).map(({ path, text }) => ({
    path: ["spec", ...path],
    text,
  }));
}
