import { dot } from "../../numeric/dot.ts";
import { createCompiledEvidence } from "./compiled-evidence.ts";
import { createPlainEvidence } from "./evidence.ts";
import { addPrior, type HyperPrior } from "./hyperparameters.ts";
import type { KernelKind } from "./kernel.ts";
import type { TrainingSet } from "./training-set.ts";

/** Up to so many rows in plain code, to the bit as in every version so far. */
export const PLAIN_ROWS_max = 100;

/** The jitters tried, relative to signal^2, when a covariance cannot be factored. */
export const JITTERS = [1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4] as const;

/**
 * Minus the log posterior density of theta = [ln w_g, ln signal, ln noise] for one training set, with analytic
 * gradient and the mean profiled out (generalised least squares, so its derivative vanishes):
 *
 *   NLL = sum ln L_ii + 1/2 (y - m)' alpha, A = s^2 C + diag(noise), alpha = A^-1 (y - m)
 *   d NLL / d t = 1/2 sum_ij W_ij dA_ij/dt, W = A^-1 - alpha alpha'
 *
 * Squared distances per group are kept: memory groups * count^2 / 2 numbers. Cost of one call about count^3 / 2.
 * Source: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006), eq. 5.9.
 */
export function createMarginalLikelihood(
  data: TrainingSet,
  groups: Int32Array,
  kind: KernelKind,
  prior: HyperPrior,
  plainRows_max: number = PLAIN_ROWS_max,
): (theta: Float64Array, gradient: Float64Array) => number {
  const { count, y } = data;
  const groupCount = Math.max(-1, ...groups) + 1;
  const distances = pairDistances(data, groups, groupCount);
  const problem = { count, kind, distances, y };
  const evidence =
    (count <= plainRows_max ? undefined : createCompiledEvidence(problem)) ??
    createPlainEvidence(problem);

  return (theta, gradient) => {
    const s2 = Math.exp(2 * theta[groupCount]!);
    const noise2 = Math.exp(2 * theta[groupCount + 1]!);
    const inverseSquares = theta.slice(0, groupCount).map((t) => Math.exp(-2 * t));
    const diagonal = y.map((_, i) => s2 * (1 + JITTERS[0]) + rowNoise(data, i, noise2));
    gradient.fill(0);
    const factor = evidence.factor(inverseSquares, s2, diagonal);
    if (factor === undefined) return Number.POSITIVE_INFINITY;
    const { pivots, z, ones } = factor;
    const mean = leastSquaresMean(z, ones);
    for (let i = 0; i < count; i++) z[i]! -= mean * ones[i]!;
    const slopes = evidence.slopes(z);
    let value = addPrior(theta, prior, gradient);
    for (const pivot of pivots) value += Math.log(pivot);
    for (let d = 0; d < groupCount; d++) gradient[d]! += slopes.widths[d]! * inverseSquares[d]!;
    gradient[groupCount]! += slopes.signal;
    // The jitter grows with the signal; of few results this was left out from the first version on, and stays so to the bit.
    if (count > plainRows_max)
      gradient[groupCount]! += JITTERS[0] * s2 * slopes.diagonal.reduce((sum, w) => sum + w, 0);
    let noiseSum = 0;
    for (let i = 0; i < count; i++)
      if (Number.isNaN(data.knownVariance[i]!))
        noiseSum += (slopes.diagonal[i]! * noise2) / data.replicates[i]!;
    gradient[groupCount + 1]! += noiseSum;
    // The mean has a prior of its own, of variance 1.
    return value + 0.5 * (dot(z, z) + mean * mean);
  };
}

/** Noise variance of row i: known, or the learnt one shared among its replicates. */
export function rowNoise(data: TrainingSet, i: number, noise2: number): number {
  const known = data.knownVariance[i]!;
  return Number.isNaN(known) ? noise2 / data.replicates[i]! : known;
}

function pairDistances(data: TrainingSet, groups: Int32Array, groupCount: number): Float64Array[] {
  const { count: n, columns, x } = data;
  const out = Array.from({ length: groupCount }, () => new Float64Array((n * (n - 1)) / 2));
  for (let c = 0; c < columns; c++) {
    const target = out[groups[c]!]!;
    for (let i = 0, p = 0; i < n; i++) {
      for (let j = 0; j < i; j++, p++) {
        const delta = x[i * columns + c]! - x[j * columns + c]!;
        target[p]! += delta * delta;
      }
    }
  }
  return out;
}

/**
 * The mean m = (1'A^-1 y + 0 / v) / (1'A^-1 1 + 1 / v) from L^-1 y and L^-1 1, with a weak prior of mean 0 and variance v = 1:
 * with wide kernels the data say little about the mean, and it must not run away.
 */
export function leastSquaresMean(solvedY: Float64Array, solvedOnes: Float64Array): number {
  let top = 0;
  let bottom = 1;
  for (let i = 0; i < solvedY.length; i++) {
    top += solvedY[i]! * solvedOnes[i]!;
    bottom += solvedOnes[i]! * solvedOnes[i]!;
  }
  return top / bottom;
}
