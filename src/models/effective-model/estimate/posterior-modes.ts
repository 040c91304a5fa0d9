import type { Prng } from "../../../core/prng.ts";
import { invertPositiveDefinite } from "../../../numeric/bounded-quadratic.ts";
import type { Descent } from "../../../numeric/levenberg-marquardt.ts";
import { symmetricEigen } from "../../../numeric/symmetric-eigen.ts";
import type { CouplingPrior } from "./coupling-prior.ts";

/** A mode of the posterior at one beta, with its Gaussian shape. */
export interface PosteriorMode {
  readonly x: Float64Array;
  readonly chi2: number;
  /** E = beta chi^2 + lambda penalty, without normalisation. */
  readonly energy: number;
  /** Curvature of E: the inverse covariance. A coupling that the data leave free is held by its bounds. */
  readonly precision: Float64Array;
  /** ln of the Gaussian approximation to the mode's probability, not normalised. */
  readonly logMass: number;
}

/**
 * Laplace approximation: the Gauss-Newton curvature 2 beta J^T J, that of the prior, and 12/width^2 of the bounds.
 *
 * @param normal J^T J plus the penalty's curvature at `strength` = lambda/beta, as a descent returns it
 */
export function approximateMode(
  end: Pick<Descent, "x" | "chi2" | "curvature">,
  beta: number,
  prior: CouplingPrior,
): PosteriorMode {
  const n = end.x.length;
  const precision = end.curvature.map((value) => 2 * beta * value);
  for (let k = 0; k < n; k++) {
    const width = prior.high[k]! - prior.low[k]!;
    precision[k * n + k] = precision[k * n + k]! + 12 / (width * width);
  }
  const energy = beta * end.chi2 + prior.lambda * prior.penalty(end.x);
  const inverse = invertPositiveDefinite(precision, n);
  const logMass =
    -energy + (n / 2) * Math.log(2 * Math.PI) - (inverse?.logDeterminant ?? Infinity) / 2;
  return { x: end.x, chi2: end.chi2, energy, precision, logMass };
}

/** Shares of the modes, summing to 1. */
export function shareOut(modes: readonly PosteriorMode[]): number[] {
  const max = Math.max(...modes.map((mode) => mode.logMass));
  const masses = modes.map((mode) => Math.exp(mode.logMass - max));
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / total);
}

/** Draws from the mixture of the modes' Gaussians; points outside the bounds are drawn again (a few times). */
export function drawFromModes(
  modes: readonly PosteriorMode[],
  prior: CouplingPrior,
  count: number,
  prng: Prng,
): Float64Array[] {
  const shares = shareOut(modes);
  const axes = modes.map(({ x, precision }) =>
    symmetricEigen(precision.slice(), x.length, { vectors: true }),
  );
  return Array.from({ length: count }, () => {
    let point = prior.draw(prng);
    for (let attempt = 0; attempt < 20; attempt++) {
      const m = pickIndex(shares, prng);
      const candidate = drawGaussian(modes[m]!.x, axes[m]!, prng);
      if (prior.logDensity(candidate) === -Infinity) continue;
      point = candidate;
      break;
    }
    return point;
  });
}

function drawGaussian(
  centre: Float64Array,
  axes: { readonly values: Float64Array; readonly vectors?: Float64Array },
  prng: Prng,
): Float64Array {
  const n = centre.length;
  const out = centre.slice();
  for (let k = 0; k < n; k++) {
    const step = prng.normal() / Math.sqrt(Math.max(axes.values[k]!, 1e-300));
    for (let i = 0; i < n; i++) out[i] = out[i]! + step * (axes.vectors?.[k * n + i] ?? 0);
  }
  return out;
}

function pickIndex(shares: readonly number[], prng: Prng): number {
  let left = prng.next();
  for (let k = 0; k < shares.length; k++) {
    left -= shares[k]!;
    if (left <= 0) return k;
  }
  return shares.length - 1;
}
