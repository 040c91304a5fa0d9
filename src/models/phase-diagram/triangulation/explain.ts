import type { Conflict } from "../evidence/conflicts.ts";
import type { EvidenceBook } from "../evidence/evidence-book.ts";
import { labelOf } from "../evidence/phase-names.ts";
import type { RepeatWish } from "../evidence/repeat-wishes.ts";
import type { MapPrediction } from "../map-model.ts";
import type { GapSource } from "./acquisition.ts";

/** Why a candidate is worth measuring now. */
export function explainGap(section: GapSource, i: number, gap_steps: number): string {
  const phases = section.map.phases(i);
  const label = labelOf(phases);
  const where = section.proved.edges[i] === 0 ? "" : " on this binary edge";
  const size = `weighted gap ${gap_steps.toFixed(1)} grid steps`;
  if (phases.length === 0) return "Nothing is known around this point yet.";
  if (section.map.vertices(i).some((v) => section.source.phase[v] === undefined))
    return `A corner of the section has not been measured; ${size}.`;
  if (phases.length === 3) return `Would prove or disprove the tie-triangle ${label}; ${size}.`;
  if (phases.length === 2) return `Splits the unproved part of ${label}${where}; ${size}.`;
  return `Farthest from any evidence in the field ${label}${where}; ${size}.`;
}

/** Why a candidate is worth measuring where no gap is open: between which labels the votes are split. */
export function explainVote(prediction: MapPrediction, i: number): string {
  const split = prediction.probabilities
    .map((p, k) => ({ label: prediction.labels[k]!, p: p[i]! }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 2)
    .filter(({ p }) => p > 0)
    .map(({ label, p }) => `${label} (${Math.round(100 * p)} %)`);
  return `The noise of the compositions leaves this open: ${split.join(" or ")}.`;
}

/** Why a measured sample should be measured again. */
export function explainRepeat(wish: RepeatWish, book: EvidenceBook): string {
  const label = book.get(wish.owner)!.label;
  const others = wish.against.slice(0, 3).map((owner) => book.get(owner)!.label);
  if (others.length === 0)
    return `Repeat: ${label} found here cannot stand beside the other results.`;
  return `Repeat: ${label} found here contradicts ${others.join(", ")}.`;
}

const CONFLICT_TEXT: Record<Conflict["kind"], (mine: string, others: string) => string> = {
  crossing: (mine, others) => `The tie-lines of ${mine} cross those of ${others}.`,
  "inside-triangle": (mine, others) => `${mine} lies inside the known tie-triangle ${others}.`,
  "same-place": (mine, others) => `${mine} has a phase exactly where ${others} has another one.`,
  repeat: (mine, others) => `${mine} disagrees with ${others} of the same sample.`,
};

/** What is said of compositions that cannot belong to their sample. */
export const OFF_LEVER =
  "its phases' compositions cannot mix to that of the sample (lever rule); only its label is used.";

/** One sentence for each result that a person should look at. */
export function warningsOf(book: EvidenceBook, conflicts: readonly Conflict[]): string[] {
  const name = (owner: number): string => {
    const result = book.get(owner)!;
    return `${result.label} (result ${result.id})`;
  };
  const said = conflicts.map(({ kind, owner, against }) =>
    CONFLICT_TEXT[kind](name(owner), against.map(name).join(" and ")),
  );
  const aside = [...book.setAside].map(
    (owner) => `${name(owner)} is set aside until it is repeated.`,
  );
  const impossible = book
    .owners()
    .filter((owner) => book.get(owner)!.outOfEquilibrium)
    .map(
      (owner) =>
        `${name(owner)} has more phases than components: the sample is not in equilibrium.`,
    );
  const mixedUp = book
    .owners()
    .filter((owner) => book.get(owner)!.offLever)
    .map((owner) => `${name(owner)}: ${OFF_LEVER}`);
  return [...new Set([...said, ...aside, ...impossible, ...mixedUp])];
}
