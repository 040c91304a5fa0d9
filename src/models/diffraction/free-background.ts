import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../numeric/cholesky.ts";
import { dot } from "../../numeric/dot.ts";
import { gramMatrix } from "../../numeric/gram-matrix.ts";
import type { EstimatedMisfit } from "./misfit.ts";
import type { PhaseFit } from "./phase-fit.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

/** The background under crowded lines is taken too high; it is free in steps of this. */
const BACKGROUND_STEP_deg = 30;

/** Hat functions a sixth of the range apart or so: what a background that is a little too high or too low looks like. */
export function backgroundColumns({ n, step_deg }: PreparedPattern): Float64Array[] {
  const gaps = Math.max(1, Math.round((n * step_deg) / BACKGROUND_STEP_deg));
  return Array.from({ length: gaps + 1 }, (_, k) =>
    Float64Array.from({ length: n }, (_, i) => Math.max(0, 1 - Math.abs((i * gaps) / (n - 1) - k))),
  );
}

/** One over the standard deviation of each bin: noise, and the misfit of a line's bins, which are off together. */
export function binWeights(
  pattern: PreparedPattern,
  model: Float64Array,
  misfit: EstimatedMisfit,
): Float64Array {
  const together = Math.max(1, pattern.width_deg / pattern.step_deg);
  return pattern.sigma.map((sigma, i) => {
    const off2 = misfit.floorSeen ** 2 + (misfit.relative * model[i]!) ** 2;
    return 1 / Math.sqrt(sigma * sigma + together * off2);
  });
}

/**
 * A set's scales beside a background that is free in its steps, by linear least squares: crowded weak lines lift the level that
 * was taken for background, and are fitted too low by as much. O(bins (phases + steps)^2).
 */
export function scalesBesideBackground(
  pattern: PreparedPattern,
  { phases, profiles, model }: PhaseFit,
  misfit: EstimatedMisfit,
): number[] {
  const weight = binWeights(pattern, model, misfit);
  const bins = pattern.n;
  const columns = [...profiles.map(({ value }) => value), ...backgroundColumns(pattern)];
  const n = columns.length;
  const weighed = new Float64Array(n * bins);
  columns.forEach((column, a) => {
    for (let i = 0; i < bins; i++) weighed[a * bins + i] = column[i]! * weight[i]!;
  });
  const residual = pattern.net.map((v, i) => (v - model[i]!) * weight[i]!);
  const curvature = gramMatrix(weighed, n, bins);
  for (let a = 0; a < n; a++) curvature[a * n + a]! *= 1 + 1e-9;
  const change = Float64Array.from(columns, (_, a) =>
    dot(weighed.subarray(a * bins, (a + 1) * bins), residual),
  );
  if (choleskyInPlace(curvature, n, n) !== 0) return phases.map(({ scale }) => scale);
  solveLower(curvature, n, n, change);
  solveLowerTransposed(curvature, n, n, change);
  return phases.map(({ scale }, k) => Math.max(0, scale + change[k]!));
}
