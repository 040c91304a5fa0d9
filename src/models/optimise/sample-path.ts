import type { Prng } from "../../core/prng.ts";
import { solveLower } from "../../numeric/dense-kernel.ts";
import { addFourierFeatures } from "../../numeric/fourier-features.ts";
import type { KernelKind } from "./kernel.ts";
import type { WhitenedPool } from "./process-factor.ts";

/** Random features of one prior path; the error of the covariance falls with their square root. */
const FEATURES_max = 512;
/** On large pools fewer features keep a draw below 0.2 s. */
const WAVES_max = 2.5e7;

/**
 * One draw of the posterior function over the whole pool by Matheron's rule:
 *
 *   f*(x) = g(x) + k(x, X) A^-1 (y - m - g(X) - e),   g(x) = s sqrt(2/F) sum_i w_i cos(omega_i x + b_i)
 *
 * a draw from the prior (random Fourier features), corrected by the data (exact). With V at hand the correction is V' L^-1 r.
 * Cost N (F + count), no N x N covariance, so any N. Returns standardised values with the mean.
 * Source: J. T. Wilson et al., ICML 2020 (pathwise conditioning).
 */
export function drawPath(posterior: WhitenedPool, prng: Prng): Float64Array {
  const { gp, count } = posterior;
  const columns = gp.groups.length;
  const features = Math.max(128, Math.min(FEATURES_max, Math.round(WAVES_max / count)));
  const omega = drawFrequencies(gp.kind, features, columns, prng);
  const phase = Float64Array.from({ length: features }, () => 2 * Math.PI * prng.next());
  const amplitude = gp.theta.signal * Math.sqrt(2 / features);
  const weight = Float64Array.from({ length: features }, () => amplitude * prng.normal());
  const path = new Float64Array(count).fill(gp.mean);
  addFourierFeatures({ points: posterior.scaled, count, columns, omega, phase, weight }, path);

  const n = gp.count;
  const points = new Float64Array(columns * n);
  gp.points.forEach((point, i) => {
    for (let c = 0; c < columns; c++) points[c * n + i] = point[c]!;
  });
  const atData = new Float64Array(n);
  addFourierFeatures({ points, count: n, columns, omega, phase, weight }, atData);
  const residual = Float64Array.from(
    gp.y,
    (y, i) => y - gp.mean - atData[i]! - Math.sqrt(gp.noise[i]!) * prng.normal(),
  );
  solveLower(gp.l, n, gp.ld, residual);
  posterior.addRows(residual, path);
  return path;
}

/** Frequencies of the kernel's spectral density in scaled units: normal, or Student's t with 5 degrees of freedom (Matern 5/2). */
function drawFrequencies(
  kind: KernelKind,
  features: number,
  columns: number,
  prng: Prng,
): Float64Array {
  const omega = new Float64Array(features * columns);
  for (let i = 0; i < features; i++) {
    let factor = 1;
    if (kind === "matern-5/2") {
      let chi2 = 0;
      for (let k = 0; k < 5; k++) chi2 += prng.normal() ** 2;
      factor = Math.sqrt(5 / chi2);
    }
    for (let c = 0; c < columns; c++) omega[i * columns + c] = factor * prng.normal();
  }
  return omega;
}
