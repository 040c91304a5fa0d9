import type { MapPrediction, MapStatus } from "../map-model.ts";
import type { EvidenceBook } from "./label-shares.ts";

/**
 * How good the map is, by relations fitted on 717 states (20 results and more) of campaigns against 11 known truths, each tested
 * on maps that it was not fitted on. With E the mean of 1 - max P over the candidates, f1 the labels seen once, n the results and
 * `lately` the labels first seen in the last 20 results:
 *
 * - share of wrong labels = 1.08 E^1.75 + 0.36 (f1 / n) min(1, 10 E): what the model doubts, and what it does not know of;
 * - share of the map with labels not seen yet = 1.15 E f1 / n (Good-Turing's f1 / n, less where little is in doubt);
 * - number of labels not seen yet = 0.3 f1 + 1.2 lately;
 * - chance that there is one at all: logit = 3 + 0.75 ln(1 + f1) + 0.45 lately + 2.9 ln E.
 */
export function assessMap(
  prediction: MapPrediction,
  book: EvidenceBook,
  count: number,
): Omit<MapStatus, "observations" | "warnings" | "suspicious"> {
  let sum = 0;
  for (const p of prediction.certainty) sum += p;
  const meanCertainty = count > 0 ? sum / count : 0;
  const doubt = Math.max(0, 1 - meanCertainty);
  const results = [...book.entries.values()];
  const once = book.counts.filter((n) => n === 1).length;
  const onceShare = results.length === 0 ? 1 : once / results.length;
  const lately = newLabelsLately(results.map((entry) => entry.label));
  const odds = 3 + 0.75 * Math.log1p(once) + 0.45 * lately + 2.9 * Math.log(doubt + 1e-4);
  return {
    meanCertainty,
    estimatedError: Math.min(1, 1.08 * doubt ** 1.75 + 0.36 * onceShare * Math.min(1, 10 * doubt)),
    unseenShare: Math.min(1, 1.15 * doubt * onceShare),
    unseenLabels: 0.3 * once + 1.2 * lately,
    unseenChance: 1 / (1 + Math.exp(-odds)),
  };
}

const LATELY = 20;

function newLabelsLately(labels: readonly number[]): number {
  const before = new Set(labels.slice(0, Math.max(0, labels.length - LATELY)));
  return new Set(labels.slice(-LATELY).filter((label) => !before.has(label))).size;
}
