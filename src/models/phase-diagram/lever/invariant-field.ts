import { normalCdf } from "../../../numeric/normal-distribution.ts";
import { cornerOf, factorsOf, leverMatrix, leversInto } from "./corners.ts";
import { type CornerFit, fitCorners, type LeverSample } from "./fit-corners.ts";

/** A phase's amount at a composition: below 0 outside of the field. */
export interface LeverAmount {
  readonly amount: number;
  readonly deviation: number;
}

/** A field of m phases of m components, whose phases have fixed compositions. */
export interface InvariantField {
  /** Composition of each phase. */
  readonly corners: readonly Float64Array[];
  /** Amounts of the phases at a composition, by the lever rule. */
  amounts(at: Float64Array): readonly LeverAmount[];
  /** The same as a pattern would measure them: each weighed by how much its phase is overrated. */
  measured(at: Float64Array): readonly LeverAmount[];
  /** Probability that a composition lies inside: the least of its phases' chances to be there; a half where nothing is known. */
  inside(at: Float64Array): number;
}

/** Far outside amounts are not scaled up further. */
const WHOLE_MIN = 0.2;

/**
 * The field that samples of m phases of m components lie in (fixed temperature and pressure: no freedom is left, so that
 * compositions of phases are fixed and fractions run linearly). {@link fitCorners}; undefined where that is.
 */
export function readInvariantField(samples: readonly LeverSample[]): InvariantField | undefined {
  const fit = fitCorners(samples);
  if (fit === undefined) return undefined;
  const { parameters } = fit;
  const m = samples[0]!.at.length;
  const inverse = leverMatrix(parameters, m);
  const factors = factorsOf(parameters, m);
  const spreads = spreadsOf(inverse, fit, m);
  const lambda = new Float64Array(m);
  /** Of the k-th phase, once the amounts are in `lambda`. */
  const deviationOf = (k: number): number => {
    let variance = 0;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++)
        variance += lambda[i]! * lambda[j]! * spreads[(k * m + i) * m + j]!;
    }
    return Math.sqrt(Math.max(1e-9, variance));
  };
  const amounts = (at: Float64Array): LeverAmount[] => {
    leversInto(lambda, inverse, at);
    return Array.from(lambda, (amount, k) => ({ amount, deviation: deviationOf(k) }));
  };
  return {
    corners: Array.from({ length: m }, (_, k) => cornerOf(parameters, k, m)),
    amounts,
    measured: (at) => {
      const all = amounts(at);
      const whole = all.reduce((sum, { amount }, k) => sum + factors[k]! * amount, 0);
      return all.map(({ amount, deviation }, k) => {
        const factor = factors[k]! / Math.max(WHOLE_MIN, whole);
        return { amount: factor * amount, deviation: factor * deviation };
      });
    },
    inside: (at) => {
      leversInto(lambda, inverse, at);
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < m; k++) least = Math.min(least, lambda[k]! / deviationOf(k));
      return normalCdf(least);
    },
  };
}

/**
 * Covariance of each phase's amount per unit of the amounts, m x m x m: d lambda_k = sum_j lambda_j v_k . d c_j with v_k = -(row k
 * of C^-1) in the free mole fractions, so that var lambda_k = lambda' S_k lambda with S_k,ij = v_k' cov(c_i, c_j) v_k.
 */
function spreadsOf(inverse: Float64Array, { covariance, parameters }: CornerFit, m: number) {
  const n = parameters.length;
  const spreads = new Float64Array(m * m * m);
  for (let k = 0; k < m; k++) {
    const last = inverse[k * m + m - 1]!;
    const v = Float64Array.from({ length: m - 1 }, (_, a) => last - inverse[k * m + a]!);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let a = 0; a < m - 1; a++) {
          for (let b = 0; b < m - 1; b++)
            sum += v[a]! * v[b]! * covariance[(i * (m - 1) + a) * n + j * (m - 1) + b]!;
        }
        spreads[(k * m + i) * m + j] = sum;
      }
    }
  }
  return spreads;
}
