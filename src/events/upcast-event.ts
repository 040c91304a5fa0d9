import type { LabEvent } from "./lab-event.ts";

/** Planners of the logs that did not say so. */
const FIRST_PLANNER_VERSION = 1;

/**
 * Changes an event of an older log into today's, `version` being the format of its line. There has been one format so far;
 * proposals of its first logs did not tell the version of their planner.
 */
export function upcastEvent(event: LabEvent, _version: number): LabEvent {
  const { fact } = event;
  if (fact.type !== "planner.proposed") return event;
  // Older logs lack what today's type demands.
  const told: number | undefined = fact.proposal.plannerVersion;
  if (told !== undefined) return event;
  const proposal = { ...fact.proposal, plannerVersion: FIRST_PLANNER_VERSION };
  return { ...event, fact: { ...fact, proposal } };
}
