/** What every engine's form of a result says alike; the rest is the engine's own. */
export interface MapResult {
  /** Candidate at which the sample lies (not always the one that was asked for), -1 where it lies at none. */
  readonly candidate: number;
  readonly label: string;
  /** More phases than the components allow at fixed temperature and pressure. */
  readonly outOfEquilibrium: boolean;
  /** The measured compositions cannot mix to the sample's own: they are left aside, the label stays. */
  readonly offLever: boolean;
}

/** A sample this far from what its phases can mix to (mole fraction, side of the simplex) is more than noise: a mix-up. */
export const LEVER_MAX = 0.12;

/** True where the results, by owner, are those of an earlier map and more after them. */
export function continues<R>(
  before: ReadonlyMap<number, R>,
  results: ReadonlyMap<number, R>,
): boolean {
  const now = results.entries();
  for (const [owner, result] of before) {
    const next = now.next().value;
    if (next === undefined || next[0] !== owner || next[1] !== result) return false;
  }
  return true;
}
