import { createPlanner } from "../../src/planning/create-planner.ts";
import type { Planner } from "../../src/planning/planner.ts";
import type { PlannerAnswer, PlannerMessage } from "./protocol.ts";

/** The planners of all campaigns; runs in the worker, or in the daemon's own thread for simulations. */
export interface PlannerHost {
  (message: PlannerMessage): PlannerAnswer | undefined;
  /** Lets a campaign's planner work ahead. */
  prepare(campaignId: string): void;
}

/** A host that knows no campaign yet. */
export function createPlannerHost(): PlannerHost {
  const planners = new Map<string, Planner>();
  const failures = new Map<string, string>();

  const answer = (
    campaignId: string,
    call: number,
    ask: (planner: Planner) => unknown,
  ): PlannerAnswer => {
    const failure = failures.get(campaignId);
    if (failure !== undefined) return { call, error: failure };
    const planner = planners.get(campaignId);
    if (planner === undefined)
      return { call, error: `campaign ${campaignId} is not known to the planner` };
    try {
      return { call, value: ask(planner) };
    } catch (error) {
      return { call, error: error instanceof Error ? error.message : String(error) };
    }
  };

  /** A model that could not take a result is not trusted again: it says why whenever it is asked. */
  const guarded = (campaignId: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      failures.set(campaignId, error instanceof Error ? error.message : String(error));
    }
  };

  const handle = (message: PlannerMessage): PlannerAnswer | undefined => {
    switch (message.kind) {
      case "define":
        failures.delete(message.spec.campaignId);
        guarded(message.spec.campaignId, () =>
          planners.set(message.spec.campaignId, createPlanner(message.spec)),
        );
        return undefined;
      case "learn":
        guarded(message.campaignId, () => planners.get(message.campaignId)?.learn(message.results));
        return undefined;
      case "forget":
        guarded(message.campaignId, () =>
          planners.get(message.campaignId)?.forget(message.positions),
        );
        return undefined;
      case "propose":
        return answer(message.campaignId, message.call, (planner) =>
          planner.propose(message.request),
        );
      case "view":
        return answer(message.campaignId, message.call, (planner) => planner.view());
    }
  };
  return Object.assign(handle, {
    prepare: (campaignId: string) =>
      guarded(campaignId, () => planners.get(campaignId)?.prepare?.()),
  });
}
