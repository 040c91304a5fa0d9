import type { Conflict, ConflictKind } from "./conflicts.ts";
import type { Ledger } from "./ledger.ts";
import type { MapResult } from "./map-result.ts";

interface Wording {
  readonly isMutual: boolean;
  text(mine: string, others: string): string;
}

const WORDING: Readonly<Record<ConflictKind, Wording>> = {
  crossing: {
    isMutual: true,
    text: (mine, others) => `The tie-lines of ${mine} cross those of ${others}.`,
  },
  "inside-triangle": {
    isMutual: true,
    text: (mine, others) => `${mine} lies inside the known tie-triangle ${others}.`,
  },
  "same-place": {
    isMutual: true,
    text: (mine, others) => `${mine} has a phase exactly where ${others} has another one.`,
  },
  repeat: {
    isMutual: true,
    text: (mine, others) => `${mine} disagrees with ${others} of the same sample.`,
  },
  refused: {
    isMutual: false,
    text: (mine) => `The equilibrium ${mine} cannot stand beside the other results.`,
  },
  "inside-simplex": {
    isMutual: false,
    text: (mine, others) => `${mine} lies inside the known ${others}.`,
  },
  around: {
    isMutual: false,
    text: (mine, others) => `${mine} contradicts ${others} around it.`,
  },
};

/** The results that a conflict casts doubt on, each with those that speak against it. */
export function sidesOf({
  kind,
  owner,
  against,
}: Conflict): readonly [number, readonly number[]][] {
  const mine: [number, readonly number[]] = [owner, against];
  if (!WORDING[kind].isMutual) return [mine];
  return [mine, ...against.map((other): [number, readonly number[]] => [other, [owner]])];
}

/** One sentence on a conflict for a person. */
export function describeConflict<R extends MapResult>(
  { kind, owner, against, expected }: Conflict,
  ledger: Ledger<R>,
): string {
  const others = expected ?? against.map((other) => nameOf(ledger, other)).join(" and ");
  return WORDING[kind].text(nameOf(ledger, owner), others);
}

/** A result as warnings call it. */
export function nameOf<R extends MapResult>(ledger: Ledger<R>, owner: number): string {
  return `${ledger.get(owner).label} (result ${ledger.evidence(owner).id})`;
}
