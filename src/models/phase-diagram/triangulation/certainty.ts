/**
 * Of predicted labels at distance d (in grid steps) from what is proved, 1 - RATE (1 - exp(-d / REACH)) are right: fitted to
 * the four shared sections at both grids, after 5 to 60 experiments (test/benchmarks/coexistence-calibration.ts).
 */
const RATE = [1, 0.6, 0.55, 0.8] as const;
const REACH_steps = 3.5;

/** Chance that a predicted label of so many phases is right, 0..1. */
export function chanceRight(phases: number, distance_steps: number): number {
  return 1 - RATE[Math.min(3, phases)]! * (1 - Math.exp(-distance_steps / REACH_steps));
}
