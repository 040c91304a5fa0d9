import type { CampaignSpec } from "../domain/campaign.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import type { CampaignResult, Proposal, ProposalRequest } from "../domain/proposal.ts";

/**
 * A campaign's model and its way of choosing. Pure and deterministic: no clock, no I/O, randomness only from the
 * request's seed. The daemon runs it in a worker thread; `evaluate`, `suggest` and `replay --verify` run the same object.
 */
export interface Planner<View extends PlannerView = PlannerView> {
  /** Adds results, in the order of their positions. Cheap: models are updated incrementally. */
  learn(results: readonly CampaignResult[]): void;
  /** Takes results back (withdrawn observations) and everything derived from them. */
  forget(positions: readonly number[]): void;
  /** The next points. Does not change what has been learnt. */
  propose(request: ProposalRequest): Proposal;
  /**
   * Works ahead while nobody waits; changes no answer, only how soon it comes. The planner's thread calls it after each proposal.
   */
  prepare?(): void;
  /** What the page draws, computed on demand, never logged. */
  view(detail?: ViewDetail): View;
}

/** What a view holds beyond what the page draws: tables and pictures made once may be larger. */
export interface ViewDetail {
  /** The probability of every label at every candidate, where the planner's model has them. */
  readonly probabilities?: boolean | undefined;
}

export type PlannerFactory<View extends PlannerView = PlannerView> = (
  campaign: CampaignSpec,
) => Planner<View>;
