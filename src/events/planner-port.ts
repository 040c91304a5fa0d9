import type { CampaignSpec } from "../domain/campaign.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import type { CampaignResult, ProposalRequest, VersionedProposal } from "../domain/proposal.ts";

/** The planners as the runtime sees them: a worker thread, or the same code in the same thread. */
export interface PlannerPort {
  /** Makes a campaign's planner known; a second call for the same campaign starts it afresh. */
  define(spec: CampaignSpec): void;
  /** Hands over results in the order of the log; answered by nothing. */
  learn(campaignId: string, results: readonly CampaignResult[]): void;
  forget(campaignId: string, positions: readonly number[]): void;
  /** Rejects where the planner throws or does not answer in time; the port is usable afterwards. */
  propose(campaignId: string, request: ProposalRequest): Promise<VersionedProposal>;
  /** What the page draws. */
  view(campaignId: string): Promise<PlannerView>;
  stop(): Promise<void>;
}
