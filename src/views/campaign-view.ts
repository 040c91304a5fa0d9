import type { Approval, Goal } from "../domain/campaign.ts";
import type {
  CampaignSettings,
  JobStatus,
  WaitingBatch,
  WaitingChange,
} from "../domain/campaign-status.ts";
import type { Parameters } from "../domain/candidate.ts";
import type { Comment } from "../domain/people.ts";
import type { Verdict } from "../domain/proposal.ts";
import type { Reason } from "../domain/reason.ts";
import type { OperatorIdentity } from "../events/lab-fact.ts";
import type { ObservationSummary } from "./observation-summary.ts";

/** What the dashboard shows of one campaign; bounded in size, whatever the campaign's length. */
export interface CampaignView {
  readonly campaignId: string;
  readonly title: string;
  /** How people call phases, where the configuration says. */
  readonly names?: Readonly<Record<string, string>> | undefined;
  readonly goal: Goal;
  readonly seed: string;
  readonly approval: Approval;
  readonly state: string;
  readonly stateReason?: string | undefined;
  readonly revision: number;
  readonly budget: { readonly used: number; readonly total: number };
  /** Jobs asked for and not over, at most {@link JOBS_SHOWN}. */
  readonly jobs: readonly JobView[];
  /** Experiments that go on, or queue for an instrument that can be used. */
  readonly inFlight: number;
  /** Experiments that wait: for a person, an instrument that nobody has, hours, a correction. */
  readonly waits: number;
  /** Why it stands still, wholly or in part; empty where nothing does. */
  readonly reasons: readonly Reason[];
  /** The latest batch; absent before the first. */
  readonly batch?: BatchView | undefined;
  /** The batch that waits for a person. */
  readonly waiting?: WaitingBatch | undefined;
  /** Wider limits that wait for somebody's approval. */
  readonly change?: WaitingChange | undefined;
  /** What can be changed while it runs, as it stands. */
  readonly settings?: CampaignSettings | undefined;
  readonly observations: {
    readonly total: number;
    /** The last {@link OBSERVATIONS_SHOWN}, oldest first; the rest is fetched on demand. */
    readonly recent: readonly ObservationView[];
    /** Positions of observations that a person has withdrawn. */
    readonly withdrawn: readonly number[];
    /** Results that nothing learns from: implausible, or without what the goal wants. */
    readonly setAside?:
      | { readonly total: number; readonly recent: readonly SetAsideView[] }
      | undefined;
  };
  /** The model's figures after each proposal, thinned to at most {@link HISTORY_SAMPLES} samples. */
  readonly history: readonly HistorySample[];
  /** Share of the candidates in each phase of the map, where the model tells. */
  readonly phaseFractions?: Readonly<Record<string, number>> | undefined;
  readonly model?: ModelView | undefined;
  readonly verdict?: Verdict | undefined;
  /** Sentences of the last proposal for the scientist. */
  readonly warnings: readonly string[];
  /** The last decisions of people, newest last. */
  readonly decisions: readonly DecisionView[];
  /** The last words on samples and for the next shift, newest last. */
  readonly comments: readonly Comment[];
  /** Time until the budget is spent at the present pace, s; absent before the second result. */
  readonly remaining_s?: number | undefined;
  readonly started_ms: number;
}

/** What the campaign's own topics (state, batch, model) are made of. */
export interface CampaignBrief
  extends Pick<
    CampaignView,
    | "goal"
    | "approval"
    | "state"
    | "stateReason"
    | "revision"
    | "budget"
    | "inFlight"
    | "waits"
    | "reasons"
    | "batch"
    | "change"
    | "model"
  > {
  readonly jobs: readonly JobStatus[];
  readonly observations: { readonly total: number };
}

export const JOBS_SHOWN = 100;
export const OBSERVATIONS_SHOWN = 100;
export const HISTORY_SAMPLES = 400;
export const DECISIONS_SHOWN = 50;
export const COMMENTS_SHOWN = 100;

/**
 * The state as people read it: a campaign that runs while every experiment of it waits for something out of the ordinary
 * does not measure, whatever it is called in its machine.
 */
export function shownState({
  state,
  inFlight,
  waits,
}: Pick<CampaignView, "state" | "inFlight" | "waits">): string {
  const isStarved = /^running\.(measuring|seeding|updating|proposing)$/.test(state);
  return isStarved && inFlight === 0 && waits > 0 ? "running.waiting" : state;
}

/** One experiment's outcome. */
export interface ObservationView {
  /** What people call it: counts the campaign's results from 1, and stays when another is withdrawn. */
  readonly n: number;
  /** Its line in the event log: its name for programs. */
  readonly position: number;
  readonly time_ms: number;
  readonly candidateId: string;
  readonly jobId: string;
  readonly instrumentId: string;
  /** As asked. */
  readonly parameters: Parameters;
  /** As measured, where told. */
  readonly actual?: Parameters | undefined;
  readonly results: readonly ObservationSummary[];
  readonly simulated: boolean;
  /** The person who reported or told it. */
  readonly reportedBy?: string | undefined;
  /** Whether that name was proven or only said; absent where the configuration names no operators. */
  readonly identity?: OperatorIdentity | undefined;
}

export interface JobView extends JobStatus {
  /** 0..1, where the instrument tells. */
  readonly fraction?: number | undefined;
  readonly text?: string | undefined;
  /** Why its point was proposed, with which score, in which batch. */
  readonly why?: string | undefined;
  readonly score?: number | undefined;
  readonly batch?: number | undefined;
}

/** A result that was set aside, and why. */
export interface SetAsideView {
  readonly position: number;
  readonly reason: string;
}

/** The last so many are shown; all are in the log and in exports. */
export const SET_ASIDE_SHOWN = 20;

export interface BatchView {
  /** Counts the campaign's batches from 1. */
  readonly n: number;
  readonly time_ms: number;
  readonly points: readonly BatchPointView[];
  readonly approval: "notNeeded" | "waiting" | "approved" | "rejected";
  readonly seed: string;
}

export interface BatchPointView {
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly score: number;
  readonly why: string;
  /** The job that works on it now, and that job's state; `measured` or `rejected` once over. */
  readonly jobId?: string | undefined;
  readonly state: string;
}

export interface ModelView {
  /** Grows with every proposal. */
  readonly version: number;
  readonly observations: number;
  readonly method: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** The numeric figures of a model's summary at one time. */
export interface HistorySample {
  readonly observations: number;
  readonly time_ms: number;
  readonly figures: Readonly<Record<string, number>>;
}

export interface DecisionView {
  readonly position: number;
  readonly time_ms: number;
  readonly by: string;
  /** Whether the name was proven or only said; absent where the configuration names no operators. */
  readonly identity?: OperatorIdentity | undefined;
  readonly action: string;
  /** Of a change or of points by hand: what, in a line. */
  readonly about?: string | undefined;
  readonly reason?: string | undefined;
  readonly batch?: number | undefined;
  readonly candidateIds?: readonly string[] | undefined;
}
