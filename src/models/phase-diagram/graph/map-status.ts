import type { MapPrediction, MapStatus } from "../map-model.ts";
import type { GraphMapOptions } from "./graph-state.ts";
import type { EvidenceBook } from "./label-shares.ts";

/** Figures of the relations of {@link assessMap}. */
interface Relations {
  readonly doubt: number;
  readonly power: number;
  readonly once: number;
  readonly unseen: number;
  readonly onceLabels: number;
  readonly latelyLabels: number;
  readonly chance: number;
  readonly chanceOfDoubt: number;
}

/** Graph of candidates, on 717 states of 11 known truths. */
const OF_GRAPH: Relations = {
  ...{ doubt: 1.08, power: 1.75, once: 0.36, unseen: 1.15 },
  ...{ onceLabels: 0.3, latelyLabels: 1.2, chance: 3, chanceOfDoubt: 2.9 },
};
/** Gaussian process, whose doubt is wider, on 209 states of 11 known truths. */
const OF_PROCESS: Relations = {
  ...{ doubt: 1.25, power: 1.5, once: 0.2, unseen: 0.75 },
  ...{ onceLabels: 0.2, latelyLabels: 1, chance: 0.25, chanceOfDoubt: 1 },
};

/** How good a map of a field is. */
export interface AssessedMap {
  readonly prediction: MapPrediction;
  readonly book: EvidenceBook;
  /** Candidates. */
  readonly count: number;
  readonly field: GraphMapOptions["field"];
}

/**
 * How good the map is, by relations fitted on states (20 results and more) of campaigns against known truths, each tested
 * on maps that it was not fitted on; here those of the graph. With E the mean of 1 - max P over the candidates, f1 the labels seen once, n the
 * results and `lately` the labels first seen in the last 20 results:
 *
 * - share of wrong labels = 1.08 E^1.75 + 0.36 (f1 / n) min(1, 10 E): what the model doubts, and what it does not know of;
 * - share of the map with labels not seen yet = 1.15 E f1 / n (Good-Turing's f1 / n, less where little is in doubt);
 * - number of labels not seen yet = 0.3 f1 + 1.2 lately;
 * - chance that there is one at all: logit = 3 + 0.75 ln(1 + f1) + 0.45 lately + 2.9 ln E.
 */
export function assessMap({
  prediction,
  book,
  count,
  field,
}: AssessedMap): Omit<MapStatus, "observations" | "warnings" | "suspicious"> {
  const by = field === "process" ? OF_PROCESS : OF_GRAPH;
  let sum = 0;
  for (const p of prediction.certainty) sum += p;
  const meanCertainty = count > 0 ? sum / count : 0;
  const doubt = Math.max(0, 1 - meanCertainty);
  const results = [...book.entries.values()];
  const once = book.counts.filter((n) => n === 1).length;
  const onceShare = results.length === 0 ? 1 : once / results.length;
  const lately = newLabelsLately(results.map((entry) => entry.label));
  const rarely = by.once * onceShare * Math.min(1, 10 * doubt);
  const odds =
    by.chance + 0.75 * Math.log1p(once) + 0.45 * lately + by.chanceOfDoubt * Math.log(doubt + 1e-4);
  return {
    meanCertainty,
    estimatedError: Math.min(1, by.doubt * doubt ** by.power + rarely),
    unseenShare: Math.min(1, by.unseen * doubt * onceShare),
    unseenLabels: by.onceLabels * once + by.latelyLabels * lately,
    unseenChance: 1 / (1 + Math.exp(-odds)),
  };
}

const LATELY = 20;

function newLabelsLately(labels: readonly number[]): number {
  const before = new Set(labels.slice(0, Math.max(0, labels.length - LATELY)));
  return new Set(labels.slice(-LATELY).filter((label) => !before.has(label))).size;
}
