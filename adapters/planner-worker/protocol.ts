import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { CampaignResult, ProposalRequest } from "../../src/domain/proposal.ts";

/** What the daemon tells the planner's thread. `call` pairs a question with its answer. */
export type PlannerMessage =
  | { readonly kind: "define"; readonly spec: CampaignSpec }
  | {
      readonly kind: "learn";
      readonly campaignId: string;
      readonly results: readonly CampaignResult[];
    }
  | { readonly kind: "forget"; readonly campaignId: string; readonly positions: readonly number[] }
  | PlannerQuestion;

/** What is answered. */
export type PlannerQuestion =
  | {
      readonly kind: "propose";
      readonly campaignId: string;
      readonly request: ProposalRequest;
      readonly call: number;
    }
  | { readonly kind: "view"; readonly campaignId: string; readonly call: number };

export type PlannerAnswer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: string };
