import type { OperatorFact } from "./lab-fact.ts";

/** A signature, and the text that it must be of. */
export interface SignedText {
  readonly signature: string;
  readonly text: string;
}

/** What a message brings to prove who sent it. */
export interface Proof {
  readonly signed?: SignedText | undefined;
  /** The name that its sender logged in with, where the broker tells it. */
  readonly sender?: string | undefined;
  readonly sent_ms: number;
  readonly now_ms: number;
}

/** Whether a person's word counts. */
export type Vouched =
  | { readonly kind: "verified" | "claimed" }
  | { readonly kind: "refused"; readonly why: string };

/** Holds a person's word against the operators of the configuration. */
export type Vouch = (fact: OperatorFact, proof: Proof) => Vouched;
