import { type Right, rightFor } from "../../src/domain/principal.ts";
import type { Proof, Vouch } from "../../src/events/operator-proof.ts";
import { isSignedBy } from "./signature.ts";

/** A named operator, what he may do, and the key that he signs with. */
export interface KnownOperator {
  readonly name: string;
  readonly may: readonly Right[];
  readonly key: string;
}

/** A signed command that is older, or of the future, by more than this is somebody's copy. */
const FRESH_ms = 300_000;

/**
 * Holds commands against the list of operators. A stop is taken from everybody; everything else only where its sender is
 * proven (by signature, or by the login at our own broker) and has the right. Without operators everybody is taken at his word.
 */
export function createOperatorCheck(operators: readonly KnownOperator[]): Vouch | undefined {
  if (operators.length === 0) return undefined;
  const byName = new Map(operators.map((one) => [one.name, one]));
  return (fact, proof) => {
    const operator = byName.get(fact.by);
    const problem = operator === undefined ? undefined : problemOf(operator, proof);
    const isProven = operator !== undefined && problem === undefined;
    const right = rightFor(fact);
    if (right === undefined) return { kind: isProven ? "verified" : "claimed" };
    if (operator === undefined)
      return {
        kind: "refused",
        why: `${fact.by} is not among the operators of the configuration.`,
      };
    if (problem !== undefined) return { kind: "refused", why: problem };
    return operator.may.includes(right)
      ? { kind: "verified" }
      : { kind: "refused", why: `${fact.by} may not do this: it needs the right ${right}.` };
  };
}

function problemOf({ name, key }: KnownOperator, proof: Proof): string | undefined {
  if (proof.sender === name) return undefined;
  const { signed, sent_ms, now_ms } = proof;
  if (signed === undefined)
    return `the command claims to be by ${name} and is not signed (--key-file, or TIELINE_OPERATOR_KEY_FILE).`;
  if (!isSignedBy(key, signed.text, signed.signature))
    return `the signature is not of ${name}'s key.`;
  return Math.abs(now_ms - sent_ms) <= FRESH_ms
    ? undefined
    : `the command was signed more than ${FRESH_ms / 1000} s ago, or its sender's clock is wrong.`;
}
