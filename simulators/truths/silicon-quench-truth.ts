/** What silicon is after it was brought to a temperature: heated as a crystal (rate 0), or quenched from the melt. */
export interface QuenchedSilicon {
  readonly temperature_K: number;
  readonly quenchRate_K_ps: number;
}

/** Shares of atoms, 0..1, sum 1. */
export type SiliconPhases = Readonly<Record<"crystal" | "glass" | "liquid", number>>;

export const MELTING_POINT_K = 1687;
/** A perfect crystal in a periodic box has no surface to melt from: it lives some picoseconds this far beyond. */
export const SUPERHEATED_TO_K = 2150;
const GLASS_TRANSITION_K = 1080;
const WIDTH_K = 25;

/**
 * Silicon over temperature and quench rate, made up but of the right shape (Stillinger-Weber runs of 216 atoms show it):
 * from the crystal it stays crystal up to `melting_K` and is liquid beyond; from the melt nothing crystallises within
 * picoseconds, so it is liquid above the glass transition, which rises by 60 K for each decade of the rate, and glass below.
 */
export function siliconPhases(
  { temperature_K, quenchRate_K_ps }: QuenchedSilicon,
  melting_K: number,
): SiliconPhases {
  const isMelted = quenchRate_K_ps > 0;
  const transition_K = isMelted
    ? GLASS_TRANSITION_K + 60 * Math.log10(quenchRate_K_ps / 100)
    : melting_K;
  const liquid = 1 / (1 + Math.exp((transition_K - temperature_K) / WIDTH_K));
  return {
    crystal: isMelted ? 0 : 1 - liquid,
    glass: isMelted ? 1 - liquid : 0,
    liquid,
  };
}
