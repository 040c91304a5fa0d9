import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../../numeric/cholesky.ts";
import type { Calculation } from "./calculation.ts";

/** Curves foretold by Gaussian processes that know values and slopes. */
export interface GradientProcess {
  /** Nearness to the calculations it has learnt: exp(-d^2/2) of the nearest, in units of its lengths. */
  nearness(x: ArrayLike<number>): number;
  predict(x: ArrayLike<number>): Float64Array;
  predictWithSlopes(x: ArrayLike<number>): { values: Float64Array; slopes: Float64Array };
  /**
   * Variance of the curves at x, summed over the points in units of `scales`: (1 - k^T K^-1 k) s_l^2 / scale_l^2 with
   * each point's most likely amplitude s_l.
   */
  variance(x: ArrayLike<number>, scales: ArrayLike<number>): number;
  /** -2 ln likelihood of all curves, up to a constant: smaller is better. */
  readonly misfit: number;
}

/** Relative to the variance: exact data, but nearly coincident points must not make the matrix singular. */
const JITTER = 1e-8;
/** Neighbours whose covariance is below this are left out of a sum. */
const COVARIANCE_MIN = 1e-9;

/**
 * One Gaussian process for each point of the curves, with the same covariance exp(-(x - x')^T P (x - x') / 2) and the
 * linear extrapolation from the first calculation as its mean; conditioned on the values and the derivatives of all
 * calculations (C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 9.4).
 * Cost: (M (n + 1))^3 / 6 once, M (n + 1) L for a prediction.
 *
 * @param calculated M calculations, the best first
 * @param root upper triangular R with P = R^T R, n x n row-major
 */
export function createGradientProcess(
  calculated: readonly Calculation[],
  root: Float64Array,
): GradientProcess | undefined {
  const [first] = calculated;
  if (first === undefined) return undefined;
  const n = first.x.length;
  const points = first.values.length;
  const places = calculated.map((one) => transform(root, one.x, n));
  const size = calculated.length * (n + 1);
  const factor = covarianceMatrix(places, n);
  if (choleskyInPlace(factor, size, size) !== 0) return undefined;
  const mean = (x: ArrayLike<number>, l: number): number => extrapolateFrom(first, x, l);
  const weights = new Float64Array(size * points);
  let squares = 0;
  const amplitudes = new Float64Array(points);
  for (let l = 0; l < points; l++) {
    const column = residualColumn(calculated, first, root, mean, l);
    solveLower(factor, size, size, column);
    const own = column.reduce((sum, v) => sum + v * v, 0);
    squares += own;
    amplitudes[l] = own / size;
    solveLowerTransposed(factor, size, size, column);
    column.forEach((v, i) => {
      weights[i * points + l] = v;
    });
  }
  let logDeterminant = 0;
  for (let i = 0; i < size; i++) logDeterminant += 2 * Math.log(factor[i * size + i]!);
  const misfit =
    size * points * Math.log(Math.max(squares, 1e-300) / (size * points)) + points * logDeterminant;
  const context: Context = { places, n, points, weights, root };
  return {
    misfit,
    variance: (x, scales) => {
      const share = remainingVariance(context, factor, x);
      return amplitudes.reduce((sum, a, l) => sum + (share * a) / scales[l]! ** 2, 0);
    },
    nearness: (x) => {
      const z = transform(root, x, n);
      return places.reduce((most, place) => Math.max(most, covariance(z, place)), 0);
    },
    predict: (x) => addMean(sumOver(context, x), mean, x),
    predictWithSlopes: (x) => {
      const slopes = slopesOver(context, x);
      slopes.forEach((v, i) => {
        slopes[i] = v + first.slopes[i]!;
      });
      return { values: addMean(sumOver(context, x), mean, x), slopes };
    },
  };
}

interface Context {
  readonly places: readonly Float64Array[];
  readonly n: number;
  readonly points: number;
  /** (M (n + 1)) x L: K^-1 times the residuals. */
  readonly weights: Float64Array;
  readonly root: Float64Array;
}

function transform(root: Float64Array, x: ArrayLike<number>, n: number): Float64Array {
  const z = new Float64Array(n);
  for (let a = 0; a < n; a++) {
    for (let b = a; b < n; b++) z[a] = z[a]! + root[a * n + b]! * x[b]!;
  }
  return z;
}

function covariance(z: Float64Array, other: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < z.length; k++) squares += (z[k]! - other[k]!) ** 2;
  return Math.exp(-squares / 2);
}

function extrapolateFrom(from: Calculation, x: ArrayLike<number>, l: number): number {
  const n = from.x.length;
  let value = from.values[l]!;
  for (let k = 0; k < n; k++) value += from.slopes[l * n + k]! * (x[k]! - from.x[k]!);
  return value;
}

/** Lower triangle of the covariance of (value, n derivatives along z) at every place. */
function covarianceMatrix(places: readonly Float64Array[], n: number): Float64Array {
  const block = n + 1;
  const size = places.length * block;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < places.length; i++) {
    for (let j = 0; j <= i; j++) {
      const k = covariance(places[i]!, places[j]!);
      for (let a = 0; a < block; a++) {
        for (let b = 0; b < block; b++) {
          // of place i's derivative along z_(a-1) with place j's along z_(b-1); index 0 is the value
          const da = a === 0 ? 1 : -(places[i]![a - 1]! - places[j]![a - 1]!);
          const db = b === 0 ? 1 : places[i]![b - 1]! - places[j]![b - 1]!;
          const same = a > 0 && a === b ? 1 : 0;
          matrix[(i * block + a) * size + j * block + b] = k * (same + da * db);
        }
      }
    }
  }
  for (let i = 0; i < size; i++) matrix[i * size + i] = matrix[i * size + i]! + JITTER;
  return matrix;
}

/** What the mean leaves of value and derivatives of point l at every calculation; derivatives along z = R x. */
function residualColumn(
  calculated: readonly Calculation[],
  first: Calculation,
  root: Float64Array,
  mean: (x: ArrayLike<number>, l: number) => number,
  l: number,
): Float64Array {
  const n = first.x.length;
  const column = new Float64Array(calculated.length * (n + 1));
  calculated.forEach((one, i) => {
    const at = i * (n + 1);
    column[at] = one.values[l]! - mean(one.x, l);
    // g_x = R^T g_z: forward substitution with the transposed upper triangle
    for (let a = 0; a < n; a++) {
      let value = one.slopes[l * n + a]! - first.slopes[l * n + a]!;
      for (let b = 0; b < a; b++) value -= root[b * n + a]! * column[at + 1 + b]!;
      column[at + 1 + a] = value / root[a * n + a]!;
    }
  });
  return column;
}

/** 1 - k^T K^-1 k, k the covariances of the value at x with all that is known. */
function remainingVariance(
  { places, n, root }: Context,
  factor: Float64Array,
  x: ArrayLike<number>,
): number {
  const z = transform(root, x, n);
  const size = places.length * (n + 1);
  const known = new Float64Array(size);
  places.forEach((place, i) => {
    const k = covariance(z, place);
    known[i * (n + 1)] = k;
    for (let b = 1; b <= n; b++) known[i * (n + 1) + b] = k * (z[b - 1]! - place[b - 1]!);
  });
  solveLower(factor, size, size, known);
  return Math.max(0, 1 - known.reduce((sum, v) => sum + v * v, 0));
}

function sumOver({ places, n, points, weights, root }: Context, x: ArrayLike<number>) {
  const z = transform(root, x, n);
  const out = new Float64Array(points);
  places.forEach((place, i) => {
    const k = covariance(z, place);
    if (k < COVARIANCE_MIN) return;
    for (let b = 0; b <= n; b++) {
      const c = b === 0 ? k : k * (z[b - 1]! - place[b - 1]!);
      const at = (i * (n + 1) + b) * points;
      for (let l = 0; l < points; l++) out[l] = out[l]! + c * weights[at + l]!;
    }
  });
  return out;
}

/** Derivatives of the sum by x (points x n): by z first, then g_x = R^T g_z. */
function slopesOver({ places, n, points, weights, root }: Context, x: ArrayLike<number>) {
  const z = transform(root, x, n);
  const byZ = new Float64Array(points * n);
  places.forEach((place, i) => {
    const k = covariance(z, place);
    if (k < COVARIANCE_MIN) return;
    for (let b = 0; b <= n; b++) {
      const at = (i * (n + 1) + b) * points;
      for (let a = 0; a < n; a++) {
        const away = z[a]! - place[a]!;
        const other = b === 0 ? 1 : z[b - 1]! - place[b - 1]!;
        const c = k * ((b === a + 1 ? 1 : 0) - away * other);
        for (let l = 0; l < points; l++) byZ[l * n + a] = byZ[l * n + a]! + c * weights[at + l]!;
      }
    }
  });
  const byX = new Float64Array(points * n);
  for (let l = 0; l < points; l++) {
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++)
        byX[l * n + a] = byX[l * n + a]! + root[b * n + a]! * byZ[l * n + b]!;
    }
  }
  return byX;
}

function addMean(
  out: Float64Array,
  mean: (x: ArrayLike<number>, l: number) => number,
  x: ArrayLike<number>,
): Float64Array {
  for (let l = 0; l < out.length; l++) out[l] = out[l]! + mean(x, l);
  return out;
}
