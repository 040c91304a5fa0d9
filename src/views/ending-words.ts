import type { Verdict } from "../domain/proposal.ts";

/**
 * Why a campaign has ended, with how many results were known when that was decided: those in flight came after, and what the model
 * says now is of all of them.
 */
export function endingInWords(reason: string, decidedAfter: number, results: number): string {
  return decidedAfter < results
    ? `${reason} (decided after ${decidedAfter} of ${results} results)`
    : reason;
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
