import { choleskyInPlace, inverseFromFactor } from "../../../numeric/cholesky.ts";
import { descend, type Residuals } from "../../../numeric/levenberg-marquardt.ts";
import {
  factorsOf,
  firstFactor,
  leverMatrix,
  leverSlopes,
  leversAt,
  parameterCount,
} from "./corners.ts";

/** A sample of a field of as many phases as there are components. */
export interface LeverSample {
  /** Mole fractions of the m components. */
  readonly at: Float64Array;
  /** Fractions of the m phases as measured, and their standard deviations. */
  readonly fractions: readonly number[];
  readonly errors: readonly number[];
}

export interface CornerFit {
  readonly parameters: Float64Array;
  /** Of the parameters, n x n. */
  readonly covariance: Float64Array;
}

/** Errors of fractions that no pattern tells. */
const OWN_DEVIATION = 0.01;
/** Of ln w. */
const FACTOR_DEVIATION = 0.7;
const FACTOR_MAX = 2;
/** Of a composition beside what a straight line through the samples has: samples tell, not this. */
const CORNER_DEVIATION = 1;
/** Compositions may be a little outside of the simplex, so that a corner of it is no wall. */
const CORNER_MARGIN = 0.02;
const EVALUATIONS_MAX = 60;
/** A sum of weighed amounts below this is far outside of the field. */
const WHOLE_MIN = 0.05;

/**
 * Compositions of the m phases of a field without freedom from the fractions of its samples, by least squares: measured is f_k =
 * w_k lambda_k / sum_j w_j lambda_j with lambda = C^-1 x (lever rule). The covariance is (J'J)^-1, larger by the reduced
 * chi^2 where that is above 1. Undefined with fewer than m + 2 samples, or where the fit is singular. Cost O(samples m^5).
 */
export function fitCorners(samples: readonly LeverSample[]): CornerFit | undefined {
  const m = samples[0]?.at.length ?? 0;
  const start = samples.length < m + 2 ? undefined : straightStart(samples, m);
  if (start === undefined) return undefined;
  const n = parameterCount(m);
  const isFactor = (k: number): boolean => k >= firstFactor(m);
  const each = (value: (factor: boolean) => number): Float64Array =>
    Float64Array.from({ length: n }, (_, k) => value(isFactor(k)));
  const problem = {
    n,
    low: each((factor) => (factor ? -FACTOR_MAX : -CORNER_MARGIN)),
    high: each((factor) => (factor ? FACTOR_MAX : 1 + CORNER_MARGIN)),
    square: each((factor) => (factor ? FACTOR_DEVIATION ** -2 : 0)),
    absolute: new Float64Array(n),
    evaluate: (x: Float64Array): Residuals => residualsOf(samples, x, start),
  };
  const { x, chi2, curvature } = descend(problem, start, { evaluations_max: EVALUATIONS_MAX });
  if (choleskyInPlace(curvature, n, n) !== 0) return undefined;
  const inflation = Math.max(1, chi2 / Math.max(1, samples.length * (m - 1) - n));
  const covariance = inverseFromFactor(curvature, n, n).map((v) => v * inflation);
  return { parameters: x, covariance };
}

function residualsOf(
  samples: readonly LeverSample[],
  x: Float64Array,
  start: Float64Array,
): Residuals {
  const n = x.length;
  const m = samples[0]!.at.length;
  const free = firstFactor(m);
  const values = new Float64Array(samples.length * m + free);
  const slopes = new Float64Array(values.length * n);
  const factors = factorsOf(x, m);
  const inverse = leverMatrix(x, m);
  for (const [i, { at, fractions, errors }] of samples.entries()) {
    const lambda = leversAt(inverse, at);
    const byCorner = leverSlopes(inverse, lambda);
    const whole = Math.max(
      WHOLE_MIN,
      lambda.reduce((sum, v, k) => sum + factors[k]! * v, 0),
    );
    for (let k = 0; k < m; k++) {
      const row = i * m + k;
      const scale = 1 / Math.hypot(errors[k]!, OWN_DEVIATION);
      const share = (factors[k]! * lambda[k]!) / whole;
      values[row] = (share - fractions[k]!) * scale;
      for (let a = 0; a < free; a++) {
        let sum = 0;
        for (let j = 0; j < m; j++) sum += factors[j]! * byCorner[j * free + a]!;
        slopes[row * n + a] =
          ((factors[k]! * byCorner[k * free + a]! - share * sum) / whole) * scale;
      }
      for (let j = 1; j < m; j++) {
        const other = (factors[j]! * lambda[j]!) / whole;
        slopes[row * n + free + j - 1] = share * ((k === j ? 1 : 0) - other) * scale;
      }
    }
  }
  for (let a = 0; a < free; a++) {
    const row = samples.length * m + a;
    values[row] = (x[a]! - start[a]!) / CORNER_DEVIATION;
    slopes[row * n + a] = 1 / CORNER_DEVIATION;
  }
  return { values, slopes };
}

/** Corners from x = sum_k f_k c_k by linear least squares, all factors 1. */
function straightStart(samples: readonly LeverSample[], m: number): Float64Array | undefined {
  const normal = new Float64Array(m * m);
  const pull = new Float64Array(m * m);
  for (const { at, fractions } of samples) {
    for (let k = 0; k < m; k++) {
      for (let j = 0; j < m; j++) {
        normal[k * m + j]! += fractions[k]! * fractions[j]!;
        pull[k * m + j]! += fractions[k]! * at[j]!;
      }
    }
  }
  // As little as fractions of 3 % in one sample would tell.
  for (let k = 0; k < m; k++) normal[k * m + k]! += 1e-3;
  if (choleskyInPlace(normal, m, m) !== 0) return undefined;
  const inverse = inverseFromFactor(normal, m, m);
  const out = new Float64Array(parameterCount(m));
  for (let k = 0; k < m; k++) {
    for (let a = 0; a < m - 1; a++) {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += inverse[k * m + j]! * pull[j * m + a]!;
      out[k * (m - 1) + a] = Math.min(1, Math.max(0, sum));
    }
  }
  return out;
}
