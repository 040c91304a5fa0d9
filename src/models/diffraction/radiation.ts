/** One wavelength of a source and its share of the intensity. */
export interface SpectralLine {
  readonly wavelength_A: number;
  readonly share: number;
}

/**
 * K-alpha lines of the usual tubes, angstrom (Hoelzer et al., Phys. Rev. A 56, 4554 (1997) for Cr to Cu; Bearden, Rev.
 * Mod. Phys. 39, 78 (1967), on the scale of the former, for Mo and Ag); K-alpha2 has half of the intensity.
 */
const K_ALPHA_A: Readonly<Record<string, readonly [number, number]>> = {
  Cr: [2.28973, 2.29365],
  Fe: [1.93604, 1.93997],
  Co: [1.78901, 1.7929],
  Cu: [1.540593, 1.544427],
  Mo: [0.709319, 0.713609],
  Ag: [0.559422, 0.563813],
};

/** Names of the anodes that {@link radiationOf} knows. */
export const ANODES: readonly string[] = Object.keys(K_ALPHA_A);

/** The K-alpha doublet of an anode; undefined where it is unknown. */
export function radiationOf(anode: string): SpectralLine[] | undefined {
  const pair = K_ALPHA_A[anode];
  return pair === undefined ? undefined : doublet(pair[0], pair[1], 0.5);
}

/** Two lines with I2/I1 = ratio; shares sum to 1. */
export function doublet(first_A: number, second_A: number, ratio: number): SpectralLine[] {
  if (ratio <= 0) return [{ wavelength_A: first_A, share: 1 }];
  return [
    { wavelength_A: first_A, share: 1 / (1 + ratio) },
    { wavelength_A: second_A, share: ratio / (1 + ratio) },
  ];
}
