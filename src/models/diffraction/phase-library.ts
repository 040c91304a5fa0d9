import type { ReferenceCard } from "./reference-card.ts";
import { twinGroups } from "./twin-cards.ts";

/** Cards with what they are to each other. */
export interface PhaseLibrary {
  readonly cards: readonly ReferenceCard[];
  /** First card of each card's phase: twins are one phase under two names. */
  readonly twins: readonly number[];
  /** Cards that another phase can imitate by a strain within its limit: lines at the same places. */
  readonly isImitable: readonly boolean[];
}

const TOP = 10;
const ANCHORS = 3;
const SAME_LN_D = 0.004;
const ALIKE = 0.8;

/** Looks for twins and imitations among the cards made of the elements (all cards where none are given). */
export function makeLibrary(
  cards: readonly ReferenceCard[],
  elements?: readonly string[],
): PhaseLibrary {
  const allowed = cards.filter(
    (card) =>
      elements === undefined ||
      card.elements === undefined ||
      card.elements.every((element) => elements.includes(element)),
  );
  const twins = twinGroups(allowed);
  const tops = allowed.map(topLines);
  const isImitable = allowed.map((card, k) =>
    allowed.some((other, j) => {
      if (twins[j] === twins[k]) return false;
      const limit = Math.min(card.strainLimit, other.strainLimit);
      return isAlike(tops[k]!, tops[j]!, limit);
    }),
  );
  return { cards: allowed, twins, isImitable };
}

/** ln d of the strongest lines, the strongest first. */
function topLines(card: ReferenceCard): number[] {
  return Array.from(card.lnD.keys())
    .sort((p, q) => card.intensity[q]! - card.intensity[p]!)
    .slice(0, TOP)
    .map((l) => card.lnD[l]!);
}

/** True where one shift lays most of each one's strongest lines upon the other's. */
function isAlike(p: readonly number[], q: readonly number[], limit: number): boolean {
  for (const a of p.slice(0, ANCHORS)) {
    for (const b of q.slice(0, ANCHORS)) {
      const shift = b - a;
      if (Math.abs(shift) > limit) continue;
      const there = p.filter((x) => q.some((y) => Math.abs(y - x - shift) < SAME_LN_D)).length;
      if (there < ALIKE * p.length) continue;
      const back = q.filter((y) => p.some((x) => Math.abs(y - x - shift) < SAME_LN_D)).length;
      if (back >= ALIKE * q.length) return true;
    }
  }
  return false;
}
