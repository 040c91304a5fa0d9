import type { Approval } from "../src/domain/campaign.ts";
import type { CampaignChanges } from "../src/domain/campaign-changes.ts";
import type { Limits, Parameters } from "../src/domain/candidate.ts";
import type { JobFailureReason } from "../src/domain/job.ts";
import type { ProposalRequest, ProposedPoint, Verdict } from "../src/domain/proposal.ts";
import type { Recipe } from "../src/domain/recipe.ts";
import type { OperatorAction } from "../src/events/lab-fact.ts";
import type { Stamp } from "./effect.ts";

export interface CampaignInput {
  readonly campaignId: string;
  readonly approval: Approval;
  readonly budget: number;
  readonly inFlight_max: number;
  readonly waitForWholeBatch: boolean;
  readonly recipe: Recipe;
  readonly alternatives?: Readonly<Record<string, Recipe>> | undefined;
  readonly seed: string;
  readonly failuresInARow_max: number;
  readonly approvalExpires_s?: number | undefined;
  /** So many points are asked for at once, or none: they shall share one setting and fill a load. */
  readonly together?: number | undefined;
}

/** An experiment on its way: no result yet. */
export interface OpenExperiment {
  readonly experimentId: string;
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly recipe?: string | undefined;
  /** The experiment whose sample it measures again: no new experiment for the budget. */
  readonly sample?: string | undefined;
  /** Number of the batch that shows it to a person: an approval of an earlier one does not cover it. */
  readonly batch: number;
  /** When a person approved it; absent in logs of before behaviour 12. */
  readonly approved_ms?: number | undefined;
  /** Until when its approval lets it begin. */
  readonly approvedUntil_ms?: number | undefined;
  /** Since when it waits for a person; absent where nobody is asked. */
  readonly waitingSince_ms?: number | undefined;
  /** A person put it in: the planner's own choice of it is passed over. */
  readonly byHand?: boolean | undefined;
}

/** Wider limits that wait for another person's word. */
export interface Widening {
  readonly n: number;
  readonly limits: Limits;
  readonly by: string;
  readonly reason?: string | undefined;
}

export interface CampaignContext extends CampaignInput {
  /** Experiments that brought an observation: what the budget counts. */
  readonly observed: number;
  /** Experiments created so far; numbers their ids. */
  readonly created: number;
  /** Batches with at least one point; numbers them. */
  readonly batches: number;
  /** Event at which the latest batch was made: what else waits from the same event on waits in the same batch. */
  readonly batch_position?: number | undefined;
  readonly open: readonly OpenExperiment[];
  /** Open experiments that wait for a person. */
  readonly waiting: readonly string[];
  readonly requests: number;
  /** The request that the planner has not answered. */
  readonly request:
    | ({ readonly requestId: string; readonly through: number } & ProposalRequest)
    | undefined;
  /** Something changed since that request. */
  readonly isStale: boolean;
  /** Position of the last result that counts. */
  readonly through: number;
  readonly excluded: readonly string[];
  /** Why the last point that a limit forbade was refused. */
  readonly refusal?: string | undefined;
  readonly failuresInARow: number;
  readonly planFailures: number;
  readonly suspensions: number;
  readonly ending: Exclude<Verdict, { kind: "continue" }> | undefined;
  /** Why it starts nothing new although it runs: no instrument fits its recipe, a guard has tripped. */
  readonly hindrance: string | undefined;
  /** Why it is in the state it is in, for people. */
  readonly reason: string | undefined;
  readonly timers: number;
  readonly timerId: string | undefined;
  readonly isEmergency: boolean;
  /** A person said stop: the campaign ends with its jobs in flight. */
  readonly isStopAsked: boolean;
  readonly widening: Widening | undefined;
  readonly widenings: number;
}

interface AboutExperiment extends Stamp {
  readonly experimentId: string;
  readonly candidateId: string;
  readonly reason?: JobFailureReason | undefined;
  /** Of a failure: what the instrument or a limit said. */
  readonly detail?: string | undefined;
  /** Of a result that taught nothing: of no kind that the goal can use, so that the next would teach nothing either. */
  readonly isMismatch?: boolean | undefined;
}

export type OperatorEvent = {
  readonly [Action in OperatorAction]: {
    readonly type: `campaign.${Action}`;
    readonly commandId: string;
    readonly by: string;
    readonly reason?: string | undefined;
    readonly batch?: number | undefined;
    readonly candidateIds?: readonly string[] | undefined;
    /** Of `withdraw`: position of the observation, if there is one. */
    readonly withdrawn?: number | undefined;
    /** Why it cannot be, as known outside the machine: a limit, the hours, a point that does not exist. */
    readonly refusal?: string | undefined;
    /** Number of the rules that this part of the log follows; absent: the first. */
    readonly behaviour?: number | undefined;
    /** Of `approve` and `reject`: the waiting change that is meant. */
    readonly change?: number | undefined;
    /** Of `extend`: what holds at once, in words too, and what has to be approved. */
    readonly changes?: CampaignChanges | undefined;
    readonly inWords?: string | undefined;
    readonly wider?: Limits | undefined;
    /** Of `propose`. */
    readonly points?: readonly ProposedPoint[] | undefined;
    /** Of `propose`: refused where the points would not wait for a person. */
    readonly needsApproval?: boolean | undefined;
    /** Of `reread`: whether patterns are to be read, and not only named. */
    readonly isReading?: boolean | undefined;
  } & Stamp;
}[OperatorAction];

export type CampaignEvent =
  | OperatorEvent
  | ({
      readonly type: "campaign.proposed";
      readonly requestId: string;
      readonly points: readonly ProposedPoint[];
      /** Points that a limit forbids, with the reason. */
      readonly refused: readonly { readonly candidateId: string; readonly why: string }[];
      readonly verdict: Verdict;
    } & Stamp)
  | ({
      readonly type: "campaign.planFailed";
      readonly requestId: string;
      readonly reason: string;
    } & Stamp)
  | ({ readonly type: "experiment.observed" } & AboutExperiment)
  | ({ readonly type: "experiment.failed" } & AboutExperiment)
  | ({ readonly type: "experiment.abandoned" } & AboutExperiment)
  /** Its approval expired before it began. */
  | ({
      readonly type: "experiment.lapsed";
      /** Points that lapse at one event wait in one batch: there is no batch that nobody was shown. */
      readonly sharesBatch?: boolean | undefined;
    } & AboutExperiment)
  /** Its patterns have been read again. */
  | ({ readonly type: "campaign.wasReread" } & Stamp)
  /** The daemon restarted. */
  | ({ readonly type: "campaign.doubt" } & Stamp)
  /** What keeps it from starting anything new, or (absent) that nothing does any more. */
  | ({ readonly type: "campaign.hindered"; readonly hindrance?: string | undefined } & Stamp)
  /** Nothing of it is on an instrument any more (pausing), or every doubt is settled (recovering). */
  | ({ readonly type: "campaign.settled" } & Stamp)
  | ({
      readonly type: "safety.emergencyStop";
      readonly active: boolean;
      readonly by: string;
    } & Stamp)
  | ({ readonly type: "timer.fired"; readonly timerId: string } & Stamp);

/** After so many failures of the planner in a row the campaign is suspended. */
export const PLAN_FAILURES_MAX = 3;
/** A campaign that was suspended so often without a result in between has failed. */
export const SUSPENSIONS_MAX = 3;
/** First pause of a suspended campaign; doubled each time. */
export const SUSPENSION_ms = 60_000;
