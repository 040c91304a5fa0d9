/** What a score sees of a map: flat arrays over its candidates. */
export interface DoubtSituation {
  /** For each label, one probability a candidate. */
  readonly columns: readonly Float64Array[];
  readonly count: number;
  /** 1 for candidates that may be chosen. */
  readonly free: Uint8Array;
  /** A pseudo-random number for each candidate. */
  readonly tie: Uint32Array;
  /** How far each candidate follows a change at this one; absent where nothing reaches it, or the map cannot tell. */
  readonly respond?: ((candidate: number) => Float64Array | undefined) | undefined;
}

/**
 * One way of saying where a map is worth measuring. A score is one file that exports such an object, and its line in
 * `MAP_SCORES`; names in help, documentation and error texts come from there.
 */
export interface MapScore {
  /** As a user types it. */
  readonly name: string;
  /** One line: what it looks for. */
  readonly words: string;
  /** N values, larger is measured first. */
  readonly doubt: (situation: DoubtSituation) => Float64Array;
  /** Whether a pick is by rarity and reach instead; `picks` counts results, points in flight and earlier picks of the batch. */
  readonly usesRarity?: ((picks: number) => boolean) | undefined;
  /** True where the map does not enter at all: nothing keeps points apart, and there is no start that fills the space. */
  readonly isBlind?: boolean | undefined;
  /** True where it needs `respond`, which label spreading does not have. */
  readonly needsResponse?: boolean | undefined;
}
