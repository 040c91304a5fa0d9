import { assert } from "../core/assert.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { createEffectiveModelPlanner } from "./effective-model-planner.ts";
import { createOptimisePlanner } from "./optimise-planner.ts";
import { createPhaseDiagramPlanner } from "./phase-diagram-planner.ts";
import type { Planner, PlannerFactory } from "./planner.ts";

const FACTORIES: Partial<Record<CampaignSpec["goal"], PlannerFactory>> = {
  "effective-model": createEffectiveModelPlanner,
  "phase-diagram": createPhaseDiagramPlanner,
  optimise: createOptimisePlanner,
};

/** The planner of a campaign's goal. */
export function createPlanner(spec: CampaignSpec): Planner {
  const factory = FACTORIES[spec.goal];
  assert(factory !== undefined, `no planner for the goal ${spec.goal}`);
  return factory(spec);
}
