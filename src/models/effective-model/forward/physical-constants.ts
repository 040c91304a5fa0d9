/** Bohr magneton, meV/T (CODATA 2018). */
export const BOHR_MAGNETON_meV_per_T = 0.05788381806;

/** Boltzmann constant, meV/K (CODATA 2018). */
export const BOLTZMANN_meV_per_K = 0.08617333262;
