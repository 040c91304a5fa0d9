import type { MachineAddress, MachineEvent, Stamp } from "../../machines/index.ts";
import { tellHindrances } from "./hindrances.ts";
import { hasJobsOnInstruments, type Lab, stateName } from "./lab.ts";

/** Fires when instruments have not answered about their jobs after a restart: the rest of the laboratory goes on. */
export const RECOVERY_TIMER = "lab/recovery";
/** How long a restart waits for the instruments' answers before it dispatches again. */
export const RECOVERY_ms = 30_000;

/** What follows from the state as a whole: campaigns whose last job left its instrument, doubts that are over. */
export function settle(
  lab: Lab,
  stamp: Stamp,
): { readonly to: MachineAddress; readonly event: MachineEvent }[] {
  const settled: { to: MachineAddress; event: MachineEvent }[] = tellHindrances(lab, stamp);
  for (const id of lab.live) {
    const campaign = lab.machines.campaign.get(id);
    if (campaign === undefined) continue;
    const name = stateName(campaign);
    const isSettled =
      (name === "pausing" && !hasJobsOnInstruments(lab, id)) ||
      (name === "recovering" && lab.doubtful.size === 0);
    if (isSettled)
      settled.push({
        to: { machine: "campaign", id },
        event: { type: "campaign.settled", ...stamp },
      });
  }
  return settled;
}
