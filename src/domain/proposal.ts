import type { Parameters } from "./candidate.ts";
import type { Observation } from "./observation.ts";

/** What a planner is asked: so many points, given the jobs in flight. The same request on the same results gives the same answer. */
export interface ProposalRequest {
  /** Counts the campaign's requests from 1; with `seed` it names the random stream. */
  readonly n: number;
  /** How many points are wanted; fewer come back only if fewer are left. */
  readonly count: number;
  /** Points in flight: asked for, no result yet. */
  readonly pending: readonly PendingPoint[];
  /** Candidates that must not be proposed (rejected by a person, out of limits, no instrument for them). */
  readonly excluded: readonly string[];
  readonly seed: string;
}

export interface PendingPoint {
  readonly candidateId: string;
  readonly parameters: Parameters;
  /** Of a sample that is measured again: the experiment that made it. */
  readonly sample?: string | undefined;
  /** Name of the alternative recipe; absent for the campaign's own. */
  readonly recipe?: string | undefined;
}

/** One point of a batch, with the reason a person reads. */
export interface ProposedPoint {
  readonly candidateId: string;
  readonly parameters: Parameters;
  /** The score's value, larger is chosen first; its meaning is in `why`. */
  readonly score: number;
  /** One short sentence: why this point now. */
  readonly why: string;
  /** Name of the alternative recipe that it asks for; absent for the campaign's own. */
  readonly recipe?: string | undefined;
  /** The experiment whose sample is to be measured again; absent: a new sample is made. */
  readonly sample?: string | undefined;
}

/** Whether the planner sees a reason to go on. */
export type Verdict =
  | { readonly kind: "continue" }
  | { readonly kind: "converged"; readonly reason: string }
  | { readonly kind: "exhausted"; readonly reason: string };

/** A planner's answer: small enough to be logged whole. */
export interface Proposal {
  readonly points: readonly ProposedPoint[];
  readonly verdict: Verdict;
  readonly model: ModelRecord;
  /** Clear sentences for the scientist: what the model cannot explain, what was left out. */
  readonly warnings: readonly string[];
}

/** A proposal with the version of the planner that made it, as it is logged. */
export interface VersionedProposal extends Proposal {
  /** Grows when the same questions on the same results get other answers. */
  readonly plannerVersion: number;
}

/** What a model was when it proposed; enough to repeat the proposal. */
export interface ModelRecord {
  /** Number of results that the model has learnt. */
  readonly observations: number;
  readonly method: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** A few figures for the `model` topic and the dashboard: certainty, phases found, expected gain ... */
  readonly summary: Readonly<Record<string, unknown>>;
}

/** What a planner learns from: the outcome of one experiment. */
export interface CampaignResult {
  /** Position of the result in the event log: its name for ever, and its order. */
  readonly position: number;
  readonly candidateId: string;
  /** As asked. */
  readonly parameters: Parameters;
  /** As measured, where an instrument told (need not lie on the grid). */
  readonly actual?: Parameters | undefined;
  /** Name of the alternative recipe that brought it; absent for the campaign's own. */
  readonly recipe?: string | undefined;
  /** The experiment that made the sample; told where samples may be measured again. */
  readonly sample?: string | undefined;
  readonly observations: readonly Observation[];
}
