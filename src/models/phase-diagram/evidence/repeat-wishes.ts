import { sidesOf } from "./conflict-texts.ts";
import type { Conflict } from "./conflicts.ts";
import type { Ledger } from "./ledger.ts";
import type { MapResult } from "./map-result.ts";

/** A result that is doubted, because what it says cannot stand beside something else, or was never sure. */
export interface Doubt {
  readonly owner: number;
  /** Results that speak against it. */
  readonly against: readonly number[];
  /** What the map says in its place, where no single result says it. */
  readonly expected?: string | undefined;
}

/**
 * Everything that is doubted: what was set aside and has nothing in its place, then both sides of each open conflict; the less
 * often confirmed first.
 *
 * @param suspects results that the map itself left out, because several others speak against them
 */
export function doubtsOf<R extends MapResult>(
  ledger: Ledger<R>,
  conflicts: readonly Conflict[],
  suspects: ReadonlySet<number>,
): Doubt[] {
  const found = new Map<number, { against: Set<number>; expected: string | undefined }>();
  const note = (owner: number, others: readonly number[], expected?: string): void => {
    const known = found.get(owner) ?? { against: new Set<number>(), expected };
    for (const other of others) if (other !== owner) known.against.add(other);
    found.set(owner, known);
  };
  for (const owner of ledger.owners())
    if (ledger.isOpen(owner) || suspects.has(owner)) note(owner, []);
  for (const conflict of conflicts)
    for (const [owner, against] of sidesOf(conflict)) note(owner, against, conflict.expected);
  const rank = (owner: number): number =>
    ledger.isOpen(owner) || suspects.has(owner) ? -1 : ledger.confirmations(owner);
  return [...found]
    .map(([owner, { against, expected }]) => ({ owner, against: [...against], expected }))
    .sort(
      (a, b) =>
        rank(a.owner) - rank(b.owner) || b.against.length - a.against.length || a.owner - b.owner,
    );
}

/** Why a measured sample should be measured again. */
export function explainRepeat<R extends MapResult>(doubt: Doubt, ledger: Ledger<R>): string {
  const { owner, against, expected } = doubt;
  const { label } = ledger.get(owner);
  const others =
    expected ??
    against
      .slice(0, 3)
      .map((other) => ledger.get(other).label)
      .join(", ");
  if (others !== "") return `Repeat: ${label} found here contradicts ${others}.`;
  return ledger.isOpen(owner)
    ? `Repeat: ${label} was identified here with a confidence of ${percent(ledger, owner)} only.`
    : `Repeat: ${label} found here cannot stand beside the other results.`;
}

/** What a person is told of results that do not stand. */
export function describeAside<R extends MapResult>(
  ledger: Ledger<R>,
  suspects: ReadonlySet<number>,
  nameOf: (owner: number) => string,
): string[] {
  return ledger.owners().flatMap((owner) => {
    const name = nameOf(owner);
    if (ledger.isOpen(owner))
      return [
        `${name} has a confidence of ${percent(ledger, owner)} only: set aside until repeated.`,
      ];
    if (suspects.has(owner)) return [`${name} is set aside until it is repeated.`];
    return ledger.stands(owner) ? [] : [`${name} is outvoted by repeats of the same sample.`];
  });
}

function percent<R extends MapResult>(ledger: Ledger<R>, owner: number): string {
  return `${Math.round(100 * ledger.strengthOf(owner))} %`;
}
