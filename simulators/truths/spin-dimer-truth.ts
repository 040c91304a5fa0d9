/** Bohr magneton, meV/T, and Boltzmann constant, meV/K (CODATA 2018). */
const BOHR_MAGNETON_MEV_PER_T = 0.05788381806;
const BOLTZMANN_MEV_PER_K = 0.08617333262;

export interface SpinDimer {
  /** J < 0 is antiferromagnetic; H = -J S1.S2 - g muB H (S1z + S2z), S = 1/2. */
  readonly J_meV: number;
  readonly g: number;
}

/** The dimer behind the default magnetometer. */
export const DEFAULT_DIMER: SpinDimer = { J_meV: -2, g: 2.08 };

/**
 * Magnetisation per spin <Sz> (0..1/2) of a Heisenberg dimer: of the four states, the singlet lies at 3J/4 and the
 * triplet at -J/4 - g muB H m, so with b = g muB H / kT
 * <Sz> = sinh(b) / (1 + 2 cosh(b) + exp(-J/kT)).
 * @param field_T magnetic field, tesla
 * @param temperature_K kelvin, > 0
 */
export function dimerMagnetisation(
  { J_meV, g }: SpinDimer,
  field_T: number,
  temperature_K: number,
): number {
  const kT_meV = BOLTZMANN_MEV_PER_K * temperature_K;
  const b = (g * BOHR_MAGNETON_MEV_PER_T * field_T) / kT_meV;
  // Weights relative to the largest, so that nothing overflows at low temperature.
  const largest = Math.max(Math.abs(b), -J_meV / kT_meV, 0);
  const up = Math.exp(b - largest);
  const down = Math.exp(-b - largest);
  const rest = Math.exp(-largest) + Math.exp(-J_meV / kT_meV - largest);
  return (0.5 * (up - down)) / (up + down + rest);
}
