import { assert } from "../core/assert.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { createEffectiveModelPlanner } from "./effective-model/effective-model-planner.ts";
import { createOptimisePlanner } from "./optimise/optimise-planner.ts";
import { createPhaseDiagramPlanner } from "./phase-diagram/phase-diagram-planner.ts";
import type { Planner, PlannerFactory } from "./planner.ts";
import { createStructureMapPlanner } from "./structure-map/structure-map-planner.ts";

const FACTORIES: Partial<Record<CampaignSpec["goal"], PlannerFactory>> = {
  "effective-model": createEffectiveModelPlanner,
  "phase-diagram": createPhaseDiagramPlanner,
  optimise: createOptimisePlanner,
  "structure-map": createStructureMapPlanner,
};

/** The planner of a campaign's goal. */
export function createPlanner(spec: CampaignSpec): Planner {
  const factory = FACTORIES[spec.goal];
  assert(factory !== undefined, `no planner for the goal ${spec.goal}`);
  return factory(spec);
}
