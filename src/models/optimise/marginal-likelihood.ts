import {
  choleskyInPlace,
  inverseFromFactor,
  solveLower,
  solveLowerTransposed,
} from "../../numeric/dense-kernel.ts";
import { addPrior, type HyperPrior } from "./hyperparameters.ts";
import { correlationsWithSlopes, type KernelKind } from "./kernel.ts";
import type { TrainingSet } from "./training-set.ts";

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
): (theta: Float64Array, gradient: Float64Array) => number {
  const n = data.count;
  const groupCount = Math.max(-1, ...groups) + 1;
  const distances = pairDistances(data, groups, groupCount);
  const a = new Float64Array(n * n);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  const covariances = new Float64Array((n * (n - 1)) / 2);
  const alpha = new Float64Array(n);
  const ones = new Float64Array(n);

  return (theta, gradient) => {
    const s2 = Math.exp(2 * theta[groupCount]!);
    const noise2 = Math.exp(2 * theta[groupCount + 1]!);
    const inverseSquares = theta.subarray(0, groupCount).map((t) => Math.exp(-2 * t));
    fillCovariance(distances, inverseSquares, kind, s2, covariances, slopes);
    for (let i = 0, p = 0; i < n; i++) {
      for (let j = 0; j < i; j++, p++) a[i * n + j] = covariances[p]!;
      a[i * n + i] = s2 * (1 + JITTERS[0]) + rowNoise(data, i, noise2);
    }
    gradient.fill(0);
    if (choleskyInPlace(a, n, n) !== 0) return Number.POSITIVE_INFINITY;
    let value = addPrior(theta, prior, gradient);
    for (let i = 0; i < n; i++) value += Math.log(a[i * n + i]!);
    value += 0.5 * solveCentred(a, data, alpha, ones);
    addGradient(gradient, {
      data,
      a,
      alpha,
      distances,
      inverseSquares,
      covariances,
      slopes,
      s2,
      noise2,
    });
    return value;
  };
}

/** Noise variance of row i: known, or the learnt one shared among its replicates. */
export function rowNoise(data: TrainingSet, i: number, noise2: number): number {
  const known = data.knownVariance[i]!;
  return Number.isNaN(known) ? noise2 / data.replicates[i]! : known;
}

interface Gradient {
  readonly data: TrainingSet;
  readonly a: Float64Array;
  readonly alpha: Float64Array;
  readonly distances: readonly Float64Array[];
  readonly inverseSquares: Float64Array;
  readonly covariances: Float64Array;
  readonly slopes: Float64Array;
  readonly s2: number;
  readonly noise2: number;
}

function addGradient(gradient: Float64Array, g: Gradient): void {
  const { data, alpha, distances, inverseSquares, covariances, slopes, s2, noise2 } = g;
  const n = data.count;
  const inverse = inverseFromFactor(g.a, n, n);
  const groupCount = distances.length;
  const widthSums = new Float64Array(groupCount);
  let signalSum = 0;
  let noiseSum = 0;
  // W_ij dC_ij/d(r^2) in place of the slopes, which are made anew at each call
  for (let i = 0, p = 0; i < n; i++) {
    const row = i * n;
    const alphaOfRow = alpha[i]!;
    for (let j = 0; j < i; j++, p++) {
      const w = inverse[row + j]! - alphaOfRow * alpha[j]!;
      signalSum += 2 * w * covariances[p]!;
      slopes[p] = w * slopes[p]!;
    }
    const w = inverse[row + i]! - alphaOfRow * alphaOfRow;
    signalSum += w * s2;
    if (Number.isNaN(data.knownVariance[i]!)) noiseSum += (w * noise2) / data.replicates[i]!;
  }
  for (let d = 0; d < groupCount; d += 2) dotBoth(slopes, distances, d, widthSums);
  for (let d = 0; d < groupCount; d++) gradient[d]! += widthSums[d]! * inverseSquares[d]!;
  gradient[groupCount]! += signalSum;
  gradient[groupCount + 1]! += noiseSum;
}

/** Inner products with two arrays, each summed from the front: neither addition waits for the other. */
function dotBoth(
  a: Float64Array,
  arrays: readonly Float64Array[],
  d: number,
  out: Float64Array,
): void {
  const first = arrays[d]!;
  const second = arrays[d + 1] ?? first;
  let one = 0;
  let other = 0;
  for (let p = 0; p < a.length; p++) {
    one += a[p]! * first[p]!;
    other += a[p]! * second[p]!;
  }
  out[d] = one;
  if (d + 1 < out.length) out[d + 1] = other;
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

function fillCovariance(
  distances: readonly Float64Array[],
  inverseSquares: Float64Array,
  kind: KernelKind,
  s2: number,
  covariances: Float64Array,
  slopes: Float64Array,
): void {
  const r2 = covariances.fill(0);
  for (let d = 0; d < distances.length; d++) {
    const own = distances[d]!;
    const factor = inverseSquares[d]!;
    for (let p = 0; p < r2.length; p++) r2[p]! += own[p]! * factor;
  }
  correlationsWithSlopes(kind, r2, slopes);
  for (let p = 0; p < covariances.length; p++) {
    covariances[p]! *= s2;
    slopes[p]! *= s2;
  }
}

/** alpha = A^-1 (y - m) with the generalised-least-squares mean m; returns (y - m)' alpha + m^2. */
function solveCentred(
  l: Float64Array,
  data: TrainingSet,
  alpha: Float64Array,
  ones: Float64Array,
): number {
  const n = data.count;
  alpha.set(data.y);
  ones.fill(1);
  solveLower(l, n, n, alpha);
  solveLower(l, n, n, ones);
  const mean = leastSquaresMean(alpha, ones);
  let quadratic = 0;
  for (let i = 0; i < n; i++) {
    alpha[i]! -= mean * ones[i]!;
    quadratic += alpha[i]! * alpha[i]!;
  }
  solveLowerTransposed(l, n, n, alpha);
  return quadratic + mean * mean; // the mean's own prior, of variance 1
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
