declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type CampaignId = Branded<"CampaignId">;
export type CandidateId = Branded<"CandidateId">;

/** What an identifier may look like, on the wire and in a configuration. */
export const IDENTIFIER = /^[A-Za-z0-9._-]{1,64}$/;

/** Who changes a campaign when its lines of the configuration have been edited. */
export const CONFIGURATION = "configuration";
export const OWN_NAME_PROBLEM = `${CONFIGURATION} is the daemon's own name: say who you are`;

/** Whether a person may go by that name: what is said in the configuration's name is said by the daemon. */
export function isPersonsName(name: string): boolean {
  return name.toLowerCase() !== CONFIGURATION;
}

/** Two spellings of one name are one person: where two people must agree, `Ada` is not somebody else than `ada`. */
export function isSamePerson(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Marks text that has been checked (decoder, configuration) or built by us as an identifier of one kind. */
export function asId<Id extends string>(text: string): Id {
  return text as Id;
}
