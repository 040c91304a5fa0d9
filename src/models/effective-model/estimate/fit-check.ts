import type { EstimationProblem } from "./estimation-problem.ts";
import type { MeasuredCurve } from "./measured-curve.ts";

/** Whether the noise explains what a fit leaves of the data. */
export interface FitCheck {
  readonly isExplained: boolean;
  /** chi^2 per degree of freedom; absent where the noise is estimated from the fit itself. */
  readonly reducedChi2?: number;
  /** How many of its standard deviations chi^2 lies above what the stated sigmas allow; absent likewise. */
  readonly excess_deviations?: number;
  /** Half the mean squared difference of neighbouring residuals over their variance: 1 for noise, less for a pattern. */
  readonly neighbourRatio: number;
  /** How many of its standard deviations that ratio lies below 1. */
  readonly pattern_deviations: number;
}

/** A pattern or an excess this improbable is no noise. */
const PATTERN_MAX = 3.5;
const EXCESS_MAX = 5;
/** Residuals below this share of the data's range are rounding, not noise. */
const NEGLIGIBLE = 1e-4;
/** Fewer pairs of neighbours tell nothing. */
const PAIRS_MIN = 8;

/**
 * Goodness of fit by two tests: chi^2 against its degrees of freedom where every sigma is given; and the ratio of
 * J. von Neumann (Ann. Math. Stat. 12, 367 (1941)) along each curve, which needs no sigma: a wrong model leaves smooth
 * residuals, noise does not. Its standard deviation is 1/sqrt(pairs).
 *
 * @param found curve values of the fit, in the order of the problem's points
 */
export function checkFit(
  problem: Pick<EstimationProblem, "values" | "scales" | "isNoiseKnown" | "map">,
  curves: readonly MeasuredCurve[],
  found: Float64Array,
): FitCheck {
  const { values, scales, map } = problem;
  const residuals = found.map((value, l) => (value - values[l]!) / scales[l]!);
  const chi2 = residuals.reduce((sum, r) => sum + r * r, 0);
  const freedom = Math.max(1, values.length - map.free.length);
  const pattern = findPattern(curves, residuals);
  const range = Math.max(...values) - Math.min(...values);
  const isNegligible = found.every((v, l) => Math.abs(v - values[l]!) <= NEGLIGIBLE * range);
  const isSmooth = !isNegligible && pattern.deviations > PATTERN_MAX;
  const base = { neighbourRatio: pattern.ratio, pattern_deviations: pattern.deviations };
  if (!problem.isNoiseKnown) return { isExplained: !isSmooth, ...base };
  const excess = (chi2 - freedom) / Math.sqrt(2 * freedom);
  return {
    isExplained: !isSmooth && excess <= EXCESS_MAX,
    reducedChi2: chi2 / freedom,
    excess_deviations: excess,
    ...base,
  };
}

/** The sentence that says that noise does not explain a fit; nothing where it does. */
export function describeMisfit(fit: FitCheck): string | undefined {
  if (fit.isExplained) return undefined;
  const { reducedChi2, neighbourRatio, pattern_deviations, excess_deviations = 0 } = fit;
  const what =
    reducedChi2 === undefined || excess_deviations < pattern_deviations
      ? `neighbouring residuals resemble each other (their differences' variance is ${neighbourRatio.toPrecision(2)} of what noise would give)`
      : `chi2 is ${reducedChi2.toPrecision(3)} times what the stated sigmas allow`;
  return `noise does not explain what the best fit leaves: ${what}; another basin, another model, or larger errors of the data are needed`;
}

function findPattern(
  curves: readonly MeasuredCurve[],
  residuals: Float64Array,
): { ratio: number; deviations: number } {
  let at = 0;
  let pairs = 0;
  let differences = 0;
  let squares = 0;
  for (const { values } of curves) {
    for (let k = at; k < at + values.length; k++) {
      squares += residuals[k]! ** 2;
      if (k === at) continue;
      differences += (residuals[k]! - residuals[k - 1]!) ** 2;
      pairs++;
    }
    at += values.length;
  }
  if (pairs < PAIRS_MIN || squares === 0) return { ratio: 1, deviations: 0 };
  const ratio = differences / (2 * pairs) / (squares / residuals.length);
  return { ratio, deviations: (1 - ratio) * Math.sqrt(pairs) };
}
