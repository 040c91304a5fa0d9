import type { PlannerPort } from "../../src/events/planner-port.ts";

/** A planner of which is known what it has been taught. */
export interface TaughtPlanner extends PlannerPort {
  /** Positions of the results that a campaign's planner knows. */
  known(campaignId: string): ReadonlySet<number>;
}

/** Keeps account of what the planners behind a port have been told: after a restart they know nothing until they are asked. */
export function createTaughtPlanner(planner: PlannerPort): TaughtPlanner {
  const taught = new Map<string, Set<number>>();
  const of = (campaignId: string): Set<number> => {
    const known = taught.get(campaignId) ?? new Set();
    taught.set(campaignId, known);
    return known;
  };
  return {
    known: of,
    define: (spec) => {
      taught.delete(spec.campaignId);
      planner.define(spec);
    },
    learn: (campaignId, results) => {
      for (const { position } of results) of(campaignId).add(position);
      planner.learn(campaignId, results);
    },
    forget: (campaignId, positions) => {
      for (const position of positions) of(campaignId).delete(position);
      planner.forget(campaignId, positions);
    },
    propose: (campaignId, request) => planner.propose(campaignId, request),
    view: (campaignId) => planner.view(campaignId),
    stop: () => planner.stop(),
  };
}
