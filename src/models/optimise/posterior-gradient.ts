import { solveLower, solveLowerTransposed } from "../../numeric/dense-kernel.ts";
import type { GaussianProcess } from "./gaussian-process.ts";
import { correlation, correlationSlope, scalePoint, squaredDistance } from "./kernel.ts";

/** The posterior at one point, standardised, with its derivatives by the (unscaled) columns of the point. */
export interface PointPosterior {
  readonly mean: number;
  readonly variance: number;
  readonly meanGradient: Float64Array;
  readonly varianceGradient: Float64Array;
}

/**
 * Posterior and gradient anywhere, not only at candidates:
 *
 *   mean = m + k' alpha, variance = s^2 - |L^-1 k|^2,   d mean = dk' alpha, d variance = -2 dk' A^-1 k
 *
 * `alpha` is the model's, computed once for many points. Cost count^2 + count columns.
 */
export function posteriorAt(
  gp: GaussianProcess,
  alpha: Float64Array,
  x: Float64Array,
): PointPosterior {
  const { widths } = gp.theta;
  const point = scalePoint(x, widths, gp.groups);
  const n = gp.count;
  const columns = x.length;
  const k = new Float64Array(n);
  const slopes = new Float64Array(n);
  let mean = gp.mean;
  for (let i = 0; i < n; i++) {
    const r2 = squaredDistance(point, gp.points[i]!);
    k[i] = gp.s2 * correlation(gp.kind, r2);
    slopes[i] = gp.s2 * correlationSlope(gp.kind, r2);
    mean += k[i]! * alpha[i]!;
  }
  solveLower(gp.l, n, gp.ld, k);
  let variance = gp.s2;
  for (let i = 0; i < n; i++) variance -= k[i]! * k[i]!;
  solveLowerTransposed(gp.l, n, gp.ld, k);
  const meanGradient = new Float64Array(columns);
  const varianceGradient = new Float64Array(columns);
  for (let i = 0; i < n; i++) {
    const other = gp.points[i]!;
    for (let c = 0; c < columns; c++) {
      // d k_i / d x_c = -slope (point_c - other_c) / width, both points scaled.
      const dk = (-slopes[i]! * (point[c]! - other[c]!)) / widths[gp.groups[c]!]!;
      meanGradient[c]! += alpha[i]! * dk;
      varianceGradient[c]! -= 2 * k[i]! * dk;
    }
  }
  return { mean, variance: Math.max(variance, 1e-12 * gp.s2), meanGradient, varianceGradient };
}
