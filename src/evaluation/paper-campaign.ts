import type { CampaignSpec } from "../domain/campaign.ts";
import type { GoalSettings } from "../domain/goal-settings.ts";
import { asId } from "../domain/identifiers.ts";
import type { SearchSpace } from "../domain/search-space.ts";

/** A campaign on paper: what a planner needs to know of it, for `suggest` and `evaluate`. Nothing is measured by it. */
export function paperCampaign(goal: GoalSettings, space: SearchSpace, seed: string): CampaignSpec {
  return {
    campaignId: asId("evaluation"),
    title: "evaluation",
    seed,
    budget: 1,
    inFlight: 1,
    waitForWholeBatch: true,
    approval: "automatic",
    space,
    recipe: { steps: [] },
    limits: {},
    failuresInARow_max: 1,
    ...goal,
  };
}
