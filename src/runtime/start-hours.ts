import type { JobContext } from "../../machines/index.ts";
import { isOpen, nextOpening_ms } from "../domain/opening-hours.ts";
import { type Lab, stateName } from "./lab.ts";

/** Fires when hours begin in which a waiting job may start. */
export const HOURS_TIMER = "lab/hours";

/** Campaigns in these states put jobs on instruments; `stopping` only finishes what has begun. */
export const DISPATCHING: ReadonlySet<string> = new Set(["running", "stopping"]);

/** Whether a job may start at this hour, by the laboratory's clock on the wall. */
export function isStartHour(lab: Lab, { campaignId, capability }: JobContext): boolean {
  const hours = lab.specs.get(campaignId)?.hours?.starts?.[capability];
  return hours === undefined || isOpen(hours, lab.time_ms, lab.timeZone);
}

/** When the first of the jobs that wait for their hours may start; `undefined` where none waits for that. */
export function nextOpeningOfQueued(lab: Lab): number | undefined {
  const waiting = new Set<string>();
  for (const jobId of lab.queued) {
    const job = lab.machines.job.get(jobId);
    const campaign = lab.machines.campaign.get(job?.context.campaignId ?? "");
    if (job === undefined || campaign === undefined || !DISPATCHING.has(stateName(campaign)))
      continue;
    if (isStartHour(lab, job.context)) continue;
    const hours = lab.specs.get(job.context.campaignId)?.hours?.starts?.[job.context.capability];
    if (hours !== undefined) waiting.add(hours);
  }
  const openings = [...waiting]
    .map((hours) => nextOpening_ms(hours, lab.time_ms, lab.timeZone))
    .filter((at_ms) => at_ms !== undefined);
  return openings.length === 0 ? undefined : Math.min(...openings);
}
