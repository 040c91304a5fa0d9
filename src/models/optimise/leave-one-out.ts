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
 * (Rasmussen and Williams, eq. 5.12; hyperparameters and mean are kept). Cost count^3 / 3.
 */
export function leaveOneOut(gp: GaussianProcess): LeaveOneOut {
  const n = gp.count;
  const alpha = gp.alpha();
  const inverse = gp.inverse();
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
  const mean = gp.y.reduce((sum, y) => sum + y, 0) / n;
  const spread = gp.y.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  return {
    residuals,
    zScores,
    r2: n < 3 || spread === 0 ? Number.NaN : 1 - squares / spread,
    calibration: n === 0 ? Number.NaN : calibration / n,
  };
}
