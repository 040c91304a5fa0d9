import { normalCdf } from "../../../numeric/normal-distribution.ts";
import {
  cornerOf,
  factorsOf,
  firstFactor,
  leverMatrix,
  leverSlopes,
  leversAt,
  parameterCount,
} from "./corners.ts";
import { fitCorners, type LeverSample } from "./fit-corners.ts";

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
  const { parameters, covariance } = fit;
  const m = samples[0]!.at.length;
  const n = parameterCount(m);
  const free = firstFactor(m);
  const inverse = leverMatrix(parameters, m);
  const factors = factorsOf(parameters, m);
  const amounts = (at: Float64Array): LeverAmount[] => {
    const lambda = leversAt(inverse, at);
    const slopes = leverSlopes(inverse, lambda);
    return Array.from(lambda, (amount, k) => {
      let variance = 0;
      for (let a = 0; a < free; a++) {
        for (let b = 0; b < free; b++)
          variance += slopes[k * free + a]! * slopes[k * free + b]! * covariance[a * n + b]!;
      }
      return { amount, deviation: Math.sqrt(Math.max(1e-9, variance)) };
    });
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
    inside: (at) =>
      amounts(at).reduce(
        (least, { amount, deviation }) => Math.min(least, normalCdf(amount / deviation)),
        1,
      ),
  };
}
