import type { Conflict } from "./conflicts.ts";
import type { EvidenceBook } from "./evidence-book.ts";

/** A sample that should be measured again, because what it said cannot stand beside something else. */
export interface RepeatWish {
  readonly candidate: number;
  /** The result that is doubted. */
  readonly owner: number;
  /** Results that speak against it. */
  readonly against: readonly number[];
}

/**
 * Samples to measure again: those that were set aside, then both sides of each open conflict, the less often confirmed
 * first. A sample that has been measured three times is left to a person.
 */
export function repeatWishes(book: EvidenceBook, conflicts: readonly Conflict[]): RepeatWish[] {
  const against = new Map<number, Set<number>>();
  const note = (owner: number, others: readonly number[]): void => {
    const known = against.get(owner) ?? new Set<number>();
    for (const other of others) if (other !== owner) known.add(other);
    against.set(owner, known);
  };
  for (const owner of book.setAside) {
    const repeats = book.repeatsOf(owner);
    if (repeats.every((other) => book.setAside.has(other))) note(owner, []);
  }
  for (const conflict of conflicts) {
    note(conflict.owner, conflict.against);
    for (const other of conflict.against) note(other, [conflict.owner]);
  }
  const wishes = [...against]
    .map(([owner, others]) => ({ owner, against: [...others] }))
    .filter(({ owner }) => book.get(owner) !== undefined && book.mayRepeat(owner))
    .map((wish) => ({ ...wish, candidate: book.get(wish.owner)!.candidate }))
    .filter(({ candidate }) => candidate >= 0);
  const rank = (owner: number): number =>
    book.setAside.has(owner) ? -1 : book.confirmations(owner);
  return wishes.sort(
    (a, b) =>
      rank(a.owner) - rank(b.owner) || b.against.length - a.against.length || a.owner - b.owner,
  );
}
