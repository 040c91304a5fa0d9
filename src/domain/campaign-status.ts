import type { Parameters } from "./candidate.ts";

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
  /** Set points that were sent in other units than they were asked for, in sentences. */
  readonly conversions?: readonly string[] | undefined;
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
