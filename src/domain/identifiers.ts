declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type CampaignId = Branded<"CampaignId">;
export type CandidateId = Branded<"CandidateId">;

/** What an identifier may look like, on the wire and in a configuration. */
export const IDENTIFIER = /^[A-Za-z0-9._-]{1,64}$/;

/** Marks text that has been checked (decoder, configuration) or built by us as an identifier of one kind. */
export function asId<Id extends string>(text: string): Id {
  return text as Id;
}
