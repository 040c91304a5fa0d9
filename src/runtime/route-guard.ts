import type { MachineAddress, MachineEvent, Stamp } from "../../machines/index.ts";
import type { InternalFact } from "../events/lab-fact.ts";
import { isOnInstrument, type Lab } from "./lab.ts";

type GuardFact = Extract<InternalFact, { readonly type: "guard.tripped" | "guard.cleared" }>;

/**
 * A guard that trips takes its instrument out of use and, unless it only pauses, cancels what runs there; a campaign's
 * guard does so for the campaign's jobs. What is out of use comes back when the guard clears.
 */
export function routeGuard(
  lab: Lab,
  fact: GuardFact,
  stamp: Stamp,
): { readonly to: MachineAddress; readonly event: MachineEvent }[] {
  if (fact.type === "guard.cleared") {
    lab.guards.delete(fact.guardId);
    return [];
  }
  const { guardId, instrumentId, campaignId, action, text } = fact;
  lab.guards.set(guardId, { instrumentId, campaignId, action, text, since_ms: stamp.time_ms });
  if (action === "pause" || action === "tell") return [];
  const jobId = lab.machines.reservation.get(instrumentId)?.context.jobId;
  const job = jobId === undefined ? undefined : lab.machines.job.get(jobId);
  if (jobId === undefined || job === undefined || !isOnInstrument(job)) return [];
  if (campaignId !== undefined && job.context.campaignId !== campaignId) return [];
  // Of a load each sample is told, so that none counts as failed by itself; it ends with the last of them.
  return (job.context.members ?? [{ jobId }]).map((one) => ({
    to: { machine: "job" as const, id: one.jobId },
    event: { type: "job.cancel", reason: "guardTripped", ...stamp },
  }));
}
