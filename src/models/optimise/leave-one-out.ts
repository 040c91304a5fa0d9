import { inverseFromFactor, solveLowerTransposed } from "../../numeric/dense-kernel.ts";
import type { GaussianProcess } from "./gaussian-process.ts";

/** How well each result is predicted from all the others. */
export interface LeaveOneOut {
  /** Predicted minus measured, standardised. */
  readonly residuals: Float64Array;
  /** The same in units of the predicted deviation: about normal where the model is right. */
  readonly zScores: Float64Array;
  /** 1 - sum residual^2 / sum (y - mean)^2: 1 perfect, 0 no better than the mean. NaN for fewer than 3 results. */
  readonly r2: number;
  /** Mean squared z-score; about 1 where the uncertainties are honest. */
  readonly calibration: number;
}

/**
 * Leave-one-out predictions without refits: y_i - mu_-i = alpha_i / (A^-1)_ii, variance 1 / (A^-1)_ii
 * (Rasmussen and Williams, eq. 5.12; hyperparameters and mean are kept), over the rows that were factored at once.
 * Cost count^3 / 3.
 */
export function leaveOneOut(gp: GaussianProcess): LeaveOneOut {
  const n = gp.factored;
  const alpha = gp.z.slice(0, n);
  solveLowerTransposed(gp.l, n, gp.ld, alpha);
  const inverse = inverseFromFactor(gp.l, n, gp.ld);
  const y = gp.y.slice(0, n);
  const residuals = new Float64Array(n);
  const zScores = new Float64Array(n);
  let squares = 0;
  let calibration = 0;
  for (let i = 0; i < n; i++) {
    const precision = inverse[i * n + i]!;
    residuals[i] = -alpha[i]! / precision;
    zScores[i] = -alpha[i]! / Math.sqrt(precision);
    squares += residuals[i]! ** 2;
    calibration += zScores[i]! ** 2;
  }
  const mean = y.reduce((sum, v) => sum + v, 0) / n;
  const spread = y.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return {
    residuals,
    zScores,
    r2: n < 3 || spread === 0 ? Number.NaN : 1 - squares / spread,
    calibration: n === 0 ? Number.NaN : calibration / n,
  };
}
