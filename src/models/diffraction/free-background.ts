import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../numeric/cholesky.ts";
import { dot } from "../../numeric/dot.ts";
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
  const weighed = (column: Float64Array): Float64Array => column.map((v, i) => v * weight[i]!);
  const own = profiles.map(({ value }) => weighed(value));
  const columns = [...own, ...backgroundColumns(pattern).map(weighed)];
  const residual = weighed(pattern.net.map((v, i) => v - model[i]!));
  const n = columns.length;
  const curvature = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      curvature[a * n + b] = dot(columns[a]!, columns[b]!);
      curvature[b * n + a] = curvature[a * n + b]!;
    }
    curvature[a * n + a]! *= 1 + 1e-9;
  }
  const change = Float64Array.from(columns, (column) => dot(column, residual));
  if (choleskyInPlace(curvature, n, n) !== 0) return phases.map(({ scale }) => scale);
  solveLower(curvature, n, n, change);
  solveLowerTransposed(curvature, n, n, change);
  return phases.map(({ scale }, k) => Math.max(0, scale + change[k]!));
}
