import type { Approval } from "./campaign.ts";
import type { Limits, Parameters } from "./candidate.ts";
import type { OpeningHours } from "./opening-hours.ts";
import type { Reason } from "./reason.ts";

/** One job as the machines see it. */
export interface JobStatus {
  readonly jobId: string;
  readonly experimentId: string;
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly step: number;
  readonly steps: number;
  readonly capability: string;
  /** The machine's state: `queued`, `dispatched`, `running` ... */
  readonly state: string;
  readonly attempt: number;
  readonly instrumentId?: string | undefined;
  readonly deadline_ms?: number | undefined;
  /** Why its point was chosen, with which score, in which batch. */
  readonly why?: string | undefined;
  readonly score?: number | undefined;
  readonly batch?: number | undefined;
  /** Nothing of it goes on: it waits for a person, an instrument, its hours ... in words. */
  readonly waitsFor?: string | undefined;
  /** Set points that were sent in other units than they were asked for, in sentences. */
  readonly conversions?: readonly string[] | undefined;
  /** The load that it is in. */
  readonly load?: string | undefined;
  /** Where its sample has been and is, step by step; absent where no load was on the way. */
  readonly way?: readonly WayStep[] | undefined;
}

/** One step of a sample's way. */
export interface WayStep {
  readonly capability: string;
  readonly instrumentId: string;
  readonly load?: string | undefined;
  /** Samples in that load. */
  readonly samples?: number | undefined;
}

/** `robot-1, then furnace-1 (map.load3, 4 samples)`. */
export function wayInWords(way: readonly WayStep[]): string {
  const steps = way.map(({ instrumentId, load, samples }) =>
    load === undefined ? instrumentId : `${instrumentId} (${load}, ${samples} samples)`,
  );
  return steps.join(", then ");
}

/** One campaign as its machine sees it. */
export interface CampaignStatus {
  /** Dotted path, e.g. `running.measuring`, `paused`, `converged`. */
  readonly state: string;
  /** Why it is in that state, for a person; absent where the state says it all. */
  readonly reason?: string | undefined;
  /** Grows with every change of the campaign. */
  readonly revision: number;
  /** Experiments spent and allowed. */
  readonly budget: { readonly used: number; readonly total: number };
  /** Jobs that are asked for and not over, in the order of their asking; the queue included. */
  readonly jobs: readonly JobStatus[];
  /** The batch that waits for a person: its number and every waiting point; absent where none waits. */
  readonly waiting?: WaitingBatch | undefined;
  /** Why it stands still, wholly or in part; empty where nothing does. */
  readonly reasons?: readonly Reason[] | undefined;
  /** Batches so far: the number of the latest. */
  readonly batches?: number | undefined;
  /** What can be changed while it runs, as it stands now. */
  readonly settings?: CampaignSettings | undefined;
  /** Wider limits that somebody asked for and nobody approved yet. */
  readonly change?: WaitingChange | undefined;
}

/** Everything that waits for a person, as one batch: an approval of its number covers these points and no others. */
export interface WaitingBatch {
  readonly batch: number;
  readonly candidateIds: readonly string[];
  /** The same points with what a person needs to decide. */
  readonly points?: readonly WaitingPoint[] | undefined;
}

export interface WaitingPoint {
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly score: number;
  readonly why: string;
  readonly jobId: string;
  /** Number of the batch that first showed it. */
  readonly batch: number;
}

export interface CampaignSettings {
  readonly inFlight: number;
  readonly approval: Approval;
  readonly approvalExpires_s?: number | undefined;
  readonly limits: Limits;
  readonly hours?: OpeningHours | undefined;
}

export interface WaitingChange {
  readonly n: number;
  readonly limits: Limits;
  /** The limits of the same parameters as they are. */
  readonly from: Limits;
  readonly by: string;
  readonly reason?: string | undefined;
}
