import type { BinaryMap } from "./binary-map.ts";
import type { BinaryResult } from "./binary-result.ts";
import { readAt } from "./isotherm.ts";

/** A result that the others speak against. */
export interface Doubt {
  readonly result: BinaryResult;
  readonly expected: string;
  readonly against: readonly number[];
}

/** A field known this near (levels) above and below a result is believed rather than the result. */
const NEAR_levels = 6;

/**
 * Results that cannot stand: what lies inside a tie-line of its own height with another label, and what alone interrupts a
 * field that was found just below and just above.
 */
export function doubtsOf(map: BinaryMap, results: readonly BinaryResult[]): Doubt[] {
  const byOwner = new Map(results.map((result) => [result.owner, result]));
  const out = new Map<number, Doubt>();
  for (const result of results) {
    const read = readAt(map.isotherm(result.height), result.x);
    if (read === undefined || result.outOfEquilibrium || read.stretch.support !== "measured")
      continue;
    const expected = read.label;
    if (expected === result.label) continue;
    out.set(result.owner, { result, expected, against: read.stretch.owners });
    for (const owner of read.stretch.owners) {
      const other = byOwner.get(owner);
      if (other !== undefined && !out.has(owner) && other.candidate !== result.candidate)
        out.set(owner, { result: other, expected: result.label, against: [result.owner] });
    }
  }
  for (const { owner, gap, label, against } of map.disproofs) {
    const result = byOwner.get(owner);
    const agrees = results.some(
      (other) =>
        other.owner !== owner &&
        other.label === result?.label &&
        Math.abs(other.height - result.height) <= NEAR_levels,
    );
    if (result === undefined || gap > NEAR_levels || agrees || out.has(owner)) continue;
    out.set(owner, { result, expected: label, against });
  }
  return [...out.values()];
}

/** One result a sample: of several that disagree the label with most confidence behind it, the latest of equals. */
export function standing(results: readonly BinaryResult[]): BinaryResult[] {
  const votes = new Map<string, number>();
  const keyOf = ({ candidate, label }: BinaryResult): string => `${candidate} ${label}`;
  const best = new Map<number, { label: string; votes: number }>();
  for (const result of results) {
    if (result.candidate < 0) continue;
    const mine = (votes.get(keyOf(result)) ?? 0) + result.confidence;
    votes.set(keyOf(result), mine);
    const known = best.get(result.candidate);
    if (known === undefined || mine >= known.votes - 1e-9)
      best.set(result.candidate, { label: result.label, votes: mine });
  }
  return results.filter(
    ({ candidate, label, outOfEquilibrium }) =>
      !outOfEquilibrium && (candidate < 0 || best.get(candidate)!.label === label),
  );
}
