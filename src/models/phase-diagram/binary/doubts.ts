import type { Conflict } from "../evidence/conflicts.ts";
import type { BinaryMap } from "./binary-map.ts";
import type { BinaryResult } from "./binary-result.ts";
import { readAt } from "./isotherm.ts";

/** A field known this near (levels) above and below a result is believed rather than the result. */
const NEAR_levels = 6;

/**
 * Results that cannot stand: what lies inside a tie-line of its own height with another label, and what alone interrupts a
 * field that was found just below and just above.
 */
export function conflictsOf(map: BinaryMap, results: readonly BinaryResult[]): Conflict[] {
  const byOwner = new Map(results.map((result) => [result.owner, result]));
  const out = new Map<number, Conflict>();
  const note = (owner: number, expected: string, against: readonly number[]): void => {
    out.set(owner, { kind: "around", owner, against, expected });
  };
  for (const result of results) {
    const read = readAt(map.isotherm(result.height), result.x);
    if (read === undefined || result.outOfEquilibrium || read.stretch.support !== "measured")
      continue;
    const expected = read.label;
    if (expected === result.label) continue;
    note(result.owner, expected, read.stretch.owners);
    for (const owner of read.stretch.owners) {
      const other = byOwner.get(owner);
      if (other !== undefined && !out.has(owner) && other.candidate !== result.candidate)
        note(owner, result.label, [result.owner]);
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
    note(owner, label, against);
  }
  return [...out.values()];
}
