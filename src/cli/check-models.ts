import { campaignSpec } from "../../config/campaign-spec.ts";
import {
  type ConfigurationProblem,
  configurationError,
  type PartlySound,
} from "../../config/load-configuration.ts";
import { LabError } from "../core/errors.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { createPlanner } from "../planning/create-planner.ts";
import { findModelProblems } from "../planning/model-problems.ts";

/** Lets a campaign's planner check its model, as it will at the start: a wrong bond, an unknown objective. */
function problemsOf({ spec, index }: { readonly spec: CampaignSpec; readonly index: number }) {
  const at = ["campaigns", index, "model"];
  const found = findModelProblems(spec);
  if (found.length > 0) return found.map(({ path, text }) => ({ path: [...at, ...path], text }));
  try {
    createPlanner(spec);
    return [];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [{ path: at, text: error.toLine() }];
  }
}

/** Errors: TL-1010 with every problem and its line. */
export function refuseBadModels(
  { file }: { readonly file: string },
  campaigns: readonly { readonly spec: CampaignSpec }[],
): void {
  const found = campaigns.flatMap(({ spec }, index) => problemsOf({ spec, index }));
  if (found.length > 0) throw configurationError({ file }, found);
}

/** What the tables and planners say of the campaigns that are sound in a configuration with problems. */
export function findFurtherProblems({ file, folder, sound }: PartlySound): ConfigurationProblem[] {
  const found = sound.flatMap(({ campaign, index }) => {
    try {
      return problemsOf({ spec: campaignSpec(campaign, folder, ""), index });
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return [{ path: ["campaigns", index], text: error.toLine() }];
    }
  });
  if (found.length === 0) return [];
  return configurationError({ file }, found).context["problems"] as ConfigurationProblem[];
}
