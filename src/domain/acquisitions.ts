/** The scores, by the names that a user types; the first fitting one is the default. */
export const ACQUISITIONS = [
  "expected-improvement",
  "probability-of-improvement",
  "upper-confidence-bound",
  "thompson",
  "expected-hypervolume",
  "hypervolume-probability",
  "parego",
  "target-range",
] as const;
export type Acquisition = (typeof ACQUISITIONS)[number];
