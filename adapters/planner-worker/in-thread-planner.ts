import type { VersionedProposal } from "../../src/domain/proposal.ts";
import type { PlannerPort } from "../../src/events/planner-port.ts";
import { readPlannerView } from "../../src/views/read-planner-view.ts";
import { createPlannerHost } from "./planner-host.ts";

/** The same planners in the caller's thread: deterministic order for simulations, replays and tests. */
export function createInThreadPlanner(): PlannerPort {
  const host = createPlannerHost();
  const unwrap = (answer: ReturnType<typeof host>): unknown => {
    if (answer === undefined || "error" in answer) throw new Error(answer?.error ?? "no answer");
    // Through JSON, as between threads and in the log: nothing else may be relied on.
    return JSON.parse(JSON.stringify(answer.value));
  };
  return {
    define: (spec) => void host({ kind: "define", spec }),
    learn: (campaignId, results) => void host({ kind: "learn", campaignId, results }),
    forget: (campaignId, positions) => void host({ kind: "forget", campaignId, positions }),
    propose: async (campaignId, request) =>
      unwrap(host({ kind: "propose", campaignId, request, call: 0 })) as VersionedProposal,
    view: async (campaignId) =>
      readPlannerView(unwrap(host({ kind: "view", campaignId, call: 0 }))),
    stop: async () => {},
  };
}
