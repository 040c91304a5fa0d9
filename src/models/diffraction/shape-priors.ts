import type { FittedPhase } from "./phase-fit.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import type { SampleShape } from "./phase-profile.ts";

/** Spreads of the parameters before a pattern is seen. */
export const PRIOR = {
  displacement_deg: 0.06,
  lorentz: { mean: 0.6, spread: 0.25 },
  lnWidth: 0.7,
  /** The isotropic strain: mostly as its card says (Cauchy of this scale), sometimes a solid solution (even share). */
  isotropic: 0.003,
  solidSolution: 0.04,
  imitable: 0.004,
  /** Of the other strains, normal. */
  anisotropic: 0.003,
};

/** -2 ln of the priors, zero at their modes. */
export function priorOf(
  library: PhaseLibrary,
  phases: readonly FittedPhase[],
  sample: SampleShape,
): number {
  let sum = (sample.displacement_deg / PRIOR.displacement_deg) ** 2;
  sum += ((sample.lorentz - PRIOR.lorentz.mean) / PRIOR.lorentz.spread) ** 2;
  for (const { card, shape } of phases) {
    const share = solidSolutionShare(library, card);
    sum += (shape.lnWidth / PRIOR.lnWidth) ** 2;
    shape.strain.forEach((value, m) => {
      sum +=
        m === 0 ? -2 * Math.log(isotropicPrior(value, share)) : (value / PRIOR.anisotropic) ** 2;
    });
  }
  return sum;
}

/** Density of the isotropic strain over that at zero. */
export function isotropicPrior(strain: number, share: number): number {
  return (1 / (1 + (strain / PRIOR.isotropic) ** 2) + share) / (1 + share);
}

/** Weight of a quadratic that has the slope of -ln density at this strain. */
export function isotropicCurvature(strain: number, share: number): number {
  const bell = 1 / (1 + (strain / PRIOR.isotropic) ** 2);
  return ((2 / PRIOR.isotropic ** 2) * bell * bell) / (bell + share);
}

/**
 * Even share of the strain's prior. Where another phase has its lines at the same places a strain tells them apart, and
 * must be dear; elsewhere a solid solution costs little.
 */
export function solidSolutionShare(library: PhaseLibrary, card: number): number {
  return library.isImitable[card]! ? PRIOR.imitable : PRIOR.solidSolution;
}
