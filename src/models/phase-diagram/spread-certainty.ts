import type { MapPrediction } from "./map-model.ts";

/**
 * Adds the probabilities by label to a prediction: the certainty for the predicted one, the rest shared by the others; all for the
 * only one. They are laid out when somebody reads them.
 */
export function spreadCertainty(
  labels: readonly string[],
  label: Int32Array,
  certainty: Float64Array,
): MapPrediction {
  let laidOut: Float64Array[] | undefined;
  return {
    labels,
    label,
    certainty,
    get probabilities(): readonly Float64Array[] {
      laidOut ??= labels.map((_, k) =>
        certainty.map((p, i) => {
          if (label[i] === k) return labels.length === 1 ? 1 : p;
          return label[i]! < 0 ? 0 : (1 - p) / (labels.length - 1);
        }),
      );
      return laidOut;
    },
  };
}
