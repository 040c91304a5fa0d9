import type { CampaignSpec, Goal } from "../domain/campaign.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import type { ProposalRequest, VersionedProposal } from "../domain/proposal.ts";
import { createEffectiveModelPlanner } from "./effective-model/effective-model-planner.ts";
import { createOptimisePlanner } from "./optimise/optimise-planner.ts";
import { createPhaseDiagramPlanner } from "./phase-diagram/phase-diagram-planner.ts";
import type { Planner, PlannerFactory } from "./planner.ts";
import { createStructureMapPlanner } from "./structure-map/structure-map-planner.ts";

interface GoalPlanner {
  readonly create: PlannerFactory;
  /**
   * To be raised, with a line in the changelog, when the same questions on the same results get other answers:
   * `replay --verify` then expects that. `test/histories` finds out.
   */
  readonly version: number;
}

/** Every goal has its planner: a goal without one does not compile. */
export const PLANNERS: Readonly<Record<Goal, GoalPlanner>> = {
  "effective-model": { create: createEffectiveModelPlanner, version: 3 },
  "phase-diagram": { create: createPhaseDiagramPlanner, version: 7 },
  optimise: { create: createOptimisePlanner, version: 4 },
  "structure-map": { create: createStructureMapPlanner, version: 4 },
};

/** A planner whose proposals say which version of it made them. */
export interface VersionedPlanner extends Planner {
  propose(request: ProposalRequest): VersionedProposal;
}

/** The planner of a campaign's goal. */
export function createPlanner(spec: CampaignSpec): VersionedPlanner {
  const { create, version } = PLANNERS[spec.goal];
  const planner = create(spec);
  /** The last view without details: it is the same until something is learnt, and a page is opened more often than that. */
  let drawn: PlannerView | undefined;
  return {
    learn: (results) => {
      drawn = undefined;
      planner.learn(results);
    },
    forget: (positions) => {
      drawn = undefined;
      planner.forget(positions);
    },
    propose: (request) => {
      drawn = undefined;
      return { ...planner.propose(request), plannerVersion: version };
    },
    prepare: () => planner.prepare?.(),
    view: (detail) => {
      if (detail !== undefined) return planner.view(detail);
      drawn ??= planner.view();
      return drawn;
    },
  };
}
