import type { Prng } from "../../../core/prng.ts";

/** Weight of the plain sum beside the worst objective (J. Knowles, IEEE Trans. Evol. Comput. 10, 50 (2006)). */
const RHO = 0.05;

/** A random direction on the simplex of `objectives` weights. */
export function drawWeights(objectives: number, prng: Prng): number[] {
  const raw = Array.from({ length: objectives }, () => -Math.log(1 - prng.next()));
  const sum = raw.reduce((total, w) => total + w, 0);
  return raw.map((w) => w / sum);
}

/** Ranges by which objectives are made comparable: smallest and largest value of each. */
export function objectiveRanges(
  points: readonly ArrayLike<number>[],
): { low: number; span: number }[] {
  const objectives = points[0]?.length ?? 0;
  return Array.from({ length: objectives }, (_, j) => {
    const values = points.map((point) => point[j] ?? 0);
    const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return { low, span: high > low ? high - low : 1 };
  });
}

/** Augmented Tchebycheff value for maximisation: min_j w_j f_j + 0.05 sum_j w_j f_j, f_j rescaled to [0, 1]. */
export function scalarise(
  point: ArrayLike<number>,
  weights: readonly number[],
  ranges: readonly { readonly low: number; readonly span: number }[],
): number {
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  weights.forEach((w, j) => {
    const { low, span } = ranges[j] ?? { low: 0, span: 1 };
    const value = w * (((point[j] ?? 0) - low) / span);
    least = Math.min(least, value);
    sum += value;
  });
  return least + RHO * sum;
}
