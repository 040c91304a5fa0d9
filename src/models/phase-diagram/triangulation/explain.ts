import { labelOf } from "../evidence/phase-names.ts";
import type { MapPrediction } from "../map-model.ts";
import type { GapSource } from "./acquisition.ts";
import type { HiddenLabel } from "./noise/hidden-labels.ts";

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

/** Where a label that the known fields ask for is looked for; `undefined` where none of them may lie here. */
export function explainHidden(hidden: readonly HiddenLabel[], i: number): string | undefined {
  const here = hidden.filter(({ chance }) => chance.has(i));
  const likeliest = here.sort((p, q) => q.chance.get(i)! - p.chance.get(i)!)[0];
  return (
    likeliest &&
    `The known fields ask for ${likeliest.label} about here, which nobody has measured yet.`
  );
}
