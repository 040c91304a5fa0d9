import type { Proposal, Verdict } from "../domain/proposal.ts";
import type { Reason } from "../domain/reason.ts";

/**
 * Why a campaign has ended, with how many results were known when that was decided: those in flight came after, and what the model
 * says now is of all of them.
 */
export function endingInWords(reason: string, decidedAfter: number, results: number): string {
  return decidedAfter < results
    ? `${reason} (decided after ${decidedAfter} of ${results} results)`
    : reason;
}

/** The first verdict that ends a campaign, and how many results it was made with. */
export interface Ending {
  readonly reason: string;
  readonly results: number;
}

/** What a proposal ends; `undefined` where the campaign goes on. */
export function endingOf({
  verdict,
  model,
}: Pick<Proposal, "verdict" | "model">): Ending | undefined {
  return verdict.kind === "continue"
    ? undefined
    : { reason: verdict.reason, results: model.observations };
}

/** Why it stands still; what ended it with how many results were known then. */
export function withDecision(
  reasons: readonly Reason[],
  ending: Ending | undefined,
  results: number,
): readonly Reason[] {
  return reasons.map((reason) =>
    reason.kind === "endedBecause" && reason.text === ending?.reason
      ? { ...reason, text: endingInWords(reason.text, ending.results, results) }
      : reason,
  );
}

/** The proposal that ended the campaign: the first of the last ones that say so. */
export function endingProposal<One extends { readonly verdict: Verdict }>(
  proposals: readonly One[],
): One | undefined {
  const last = proposals.findLastIndex(({ verdict }) => verdict.kind !== "continue");
  let first = last;
  while (first > 0 && proposals[first - 1]?.verdict.kind !== "continue") first--;
  return proposals[first];
}
