/** CODATA 2018 Bohr radius, A. */
export const BOHR_A = 0.529177210903;
