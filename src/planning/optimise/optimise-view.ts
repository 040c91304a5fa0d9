import type { CampaignSpec } from "../../domain/campaign.ts";
import type { PlannerView } from "../planner.ts";
import type { CampaignModel } from "./campaign-model.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";

/** Plain JSON for the page. */
export function createOptimiseView(
  model: CampaignModel,
  settings: ResolvedSettings,
  spec: CampaignSpec,
): PlannerView {
  return {
    kind: "optimise",
    title: spec.title,
    acquisition: settings.acquisition,
    observations: model.rows.length,
  };
}
