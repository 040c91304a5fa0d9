import type { MapPrediction } from "../map-model.ts";
import type { Unseen, UnseenSource } from "../map-reader.ts";

/** What is said of a result with more phases than its components allow. */
export const OUT_OF_EQUILIBRIUM =
  " has more phases than components: the sample is not in equilibrium, or exactly at an invariant reaction.";

/** What is said of compositions that cannot belong to their sample. */
export const OFF_LEVER =
  ": its phases' compositions cannot mix to that of the sample (lever rule); only its label is used.";

/** Candidates of each label of a map, and how much of their labels is in doubt. */
export interface LabelFigures {
  readonly points: Float64Array;
  /** Sum of 1 - certainty. */
  readonly doubt: Float64Array;
}

export function figuresOf({ labels, label, certainty }: MapPrediction): LabelFigures {
  const points = new Float64Array(labels.length);
  const doubt = new Float64Array(labels.length);
  for (let i = 0; i < label.length; i++) {
    const k = label[i]!;
    if (k < 0) continue;
    points[k]! += 1;
    doubt[k]! += 1 - certainty[i]!;
  }
  return { points, doubt };
}

/**
 * Labels that are predicted but were never measured stand for what has not been seen, with the doubt of their candidates.
 *
 * @param counts of a label, whether it counts for `unseenLabels`
 */
export function unseenByDoubt(
  { seen, prediction }: UnseenSource,
  counts: (label: string) => boolean = () => true,
): Unseen {
  const { points, doubt } = figuresOf(prediction);
  let unseenShare = 0;
  let unseenLabels = 0;
  prediction.labels.forEach((name, k) => {
    if (seen.has(name) || points[k] === 0) return;
    unseenShare += doubt[k]! / prediction.label.length;
    if (counts(name)) unseenLabels += doubt[k]! / points[k]!;
  });
  return { unseenShare, unseenLabels };
}

/** Share of the candidates with a label that was never measured, times the estimated error. */
export function unseenByArea({ seen, prediction, meanCertainty }: UnseenSource): number {
  const { points } = figuresOf(prediction);
  const area = prediction.labels.reduce(
    (sum, name, k) => sum + (seen.has(name) ? 0 : points[k]!),
    0,
  );
  return ((1 - meanCertainty) * area) / prediction.label.length;
}

/** The same map with no label surer than `capOf` its candidate; what a label loses the others gain in proportion. */
export function capCertainty(
  prediction: MapPrediction,
  capOf: (candidate: number) => number,
): MapPrediction {
  const { labels, label } = prediction;
  const certainty = prediction.certainty.slice();
  const probabilities = prediction.probabilities.map((column) => column.slice());
  for (let i = 0; i < label.length; i++) {
    const own = label[i]!;
    const cap = own < 0 ? 1 : capOf(i);
    if (own < 0 || certainty[i]! <= cap) continue;
    const rest = 1 - probabilities[own]![i]!;
    certainty[i] = cap;
    if (labels.length === 1) continue;
    probabilities.forEach((column, k) => {
      const even = (1 - cap) / (labels.length - 1);
      column[i] = k === own ? cap : rest > 1e-9 ? (column[i]! * (1 - cap)) / rest : even;
    });
  }
  return { labels, label, certainty, probabilities };
}
