/** A heat treatment: what the property tester can set. */
export interface HeatTreatment {
  readonly temperature_K: number;
  readonly duration_h: number;
}

export interface MechanicalProperties {
  readonly strength_MPa: number;
  readonly elongation_percent: number;
}

/** The treatment of largest strength, and that strength. */
export const STRONGEST: HeatTreatment & { readonly strength_MPa: number } = {
  temperature_K: 463,
  duration_h: 8,
  strength_MPa: 480,
};

const STRENGTH_BEFORE_MPA = 260;
const TEMPERATURE_WIDTH_K = 45;
const DURATION_WIDTH_DECADES = 0.7;
/** Hotter treatments peak earlier: decades of time per kelvin. */
const PEAK_SHIFT_DECADES_PER_K = 0.012;

/**
 * Precipitation hardening of an aluminium alloy, made up for examples but of the right shape: strength rises to one peak
 * and falls when precipitates coarsen; elongation falls where strength rises and recovers with overageing.
 *
 * strength = 260 + 220 exp(-((T - 463)/45)^2 - (d/0.7)^2) MPa with d = log10(t/8) + 0.012 (T - 463), t in h, T in K;
 * elongation = 18 - 11 exp(...) + 2 tanh(d) per cent, the same exponential.
 */
export function mechanicalProperties(treatment: HeatTreatment): MechanicalProperties {
  const fromPeak_K = treatment.temperature_K - STRONGEST.temperature_K;
  const overageing =
    Math.log10(treatment.duration_h / STRONGEST.duration_h) + PEAK_SHIFT_DECADES_PER_K * fromPeak_K;
  const hardening = Math.exp(
    -((fromPeak_K / TEMPERATURE_WIDTH_K) ** 2) - (overageing / DURATION_WIDTH_DECADES) ** 2,
  );
  return {
    strength_MPa: STRENGTH_BEFORE_MPA + (STRONGEST.strength_MPa - STRENGTH_BEFORE_MPA) * hardening,
    elongation_percent: 18 - 11 * hardening + 2 * Math.tanh(overageing),
  };
}
