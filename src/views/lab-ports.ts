import type { Parameters } from "../domain/candidate.ts";

/**
 * What the folds of this folder cannot know from the events alone and take from the campaign's machines: plain data,
 * so that a test can hand it over and so that views never depend on how the machines are written.
 */
export interface LabStatePort {
  /** The campaign's state as its machine has it; `undefined` for an unknown campaign. */
  campaignStatus(campaignId: string): CampaignStatus | undefined;
  /** Which experiment asked for a job; `undefined` for a job that no campaign knows. */
  locateJob(jobId: string): JobPlace | undefined;
  /** Every job of a campaign in the order of its creation; absent where only the open ones are known. */
  allJobs?(campaignId: string): readonly JobStatus[];
}

/** Where a job belongs. */
export interface JobPlace {
  readonly campaignId: string;
  readonly experimentId: string;
  readonly candidateId: string;
  readonly parameters: Parameters;
  /** Place in the recipe, from 0. */
  readonly step: number;
  /** Number of steps of the recipe; the observation comes from the last. */
  readonly steps: number;
}

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
  /** The batch that waits for a person, by its number and its points; absent where none waits. */
  readonly waiting?:
    | { readonly batch: number; readonly candidateIds: readonly string[] }
    | undefined;
}
