import type { JobContext } from "../../machines/index.ts";
import { type HoursText, isOpen, nextOpening_ms } from "../domain/opening-hours.ts";
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

/** Whether any job may start on the instrument at this hour. */
export function isOpenNow(lab: Lab, instrumentId: string): boolean {
  const hours = lab.policies[instrumentId]?.hours;
  return hours === undefined || isOpen(hours, lab.time_ms, lab.timeZone);
}

/** When the first of the jobs that wait for their hours may start; `undefined` where none waits for that. */
export function nextOpeningOfQueued(lab: Lab): number | undefined {
  const waiting = new Set<HoursText>();
  for (const jobId of lab.queued) {
    const job = lab.machines.job.get(jobId)?.context;
    const campaign = lab.machines.campaign.get(job?.campaignId ?? "");
    if (job === undefined || campaign === undefined || !DISPATCHING.has(stateName(campaign)))
      continue;
    for (const hours of shutHours(lab, job)) waiting.add(hours);
  }
  const openings = [...waiting]
    .map((hours) => nextOpening_ms(hours, lab.time_ms, lab.timeZone))
    .filter((at_ms) => at_ms !== undefined);
  return openings.length === 0 ? undefined : Math.min(...openings);
}

/** Hours that keep the job waiting now: of its step, and of the instruments that offer it. */
function shutHours(lab: Lab, job: JobContext): HoursText[] {
  const own = lab.specs.get(job.campaignId)?.hours?.starts?.[job.capability];
  const shut = own === undefined || isStartHour(lab, job) ? [] : [own];
  for (const [instrumentId, { hours }] of Object.entries(lab.policies)) {
    if (hours === undefined || isOpenNow(lab, instrumentId)) continue;
    const offered = lab.machines.instrument.get(instrumentId)?.context.capabilities ?? [];
    if (offered.some(({ name }) => name === job.capability)) shut.push(hours);
  }
  return shut;
}
