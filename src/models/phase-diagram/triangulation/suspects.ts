import type { Conflict } from "../evidence/conflicts.ts";

/** More results than this set aside would mean that the phase names themselves are not consistent. */
const SET_ASIDE_MAX = 12;

/**
 * The result that the conflicts speak against: one that contradicts at least two others, more than any other does; or
 * one that was measured less often than all that it contradicts. `undefined` where the conflicts do not tell.
 *
 * @param confirmations how often a result was confirmed, weighted by confidence
 * @param aside results that do not stand already
 */
export function suspectOf(
  conflicts: readonly Conflict[],
  confirmations: (owner: number) => number,
  aside: number,
): number | undefined {
  if (aside >= SET_ASIDE_MAX) return undefined;
  const opponents = new Map<number, Set<number>>();
  const note = (a: number, b: number): void => {
    if (a === b) return;
    opponents.set(a, (opponents.get(a) ?? new Set()).add(b));
  };
  for (const { owner, against } of conflicts) {
    for (const other of against) {
      note(owner, other);
      note(other, owner);
    }
  }
  const ranked = [...opponents].sort((a, b) => b[1].size - a[1].size);
  const [first, second] = ranked;
  const most = first?.[1].size ?? 0;
  if (first !== undefined && most > Math.max(1, second?.[1].size ?? 0, confirmations(first[0])))
    return first[0];
  const weaker = ranked.find(([owner, others]) =>
    [...others].every((other) => confirmations(other) > confirmations(owner)),
  );
  return weaker?.[0];
}
