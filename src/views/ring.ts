/** The last `limit` items, oldest first: what keeps a view's memory bounded however long the laboratory runs. */
export interface Ring<Item> {
  push(item: Item): void;
  readonly items: readonly Item[];
  /** Items ever pushed. */
  readonly total: number;
}

/** Trims in blocks of a quarter, so that a push costs O(1) on average. */
export function createRing<Item>(limit: number): Ring<Item> {
  let kept: Item[] = [];
  let total = 0;
  return {
    push: (item) => {
      kept.push(item);
      total++;
      if (kept.length > limit * 1.25) kept = kept.slice(-limit);
    },
    get items() {
      return kept.length > limit ? kept.slice(-limit) : kept;
    },
    get total() {
      return total;
    },
  };
}

/**
 * A history that never holds more than `limit` samples: when full, every second sample goes and from then on only
 * every 2nd, 4th, 8th ... is kept, so that the whole time stays covered. The newest sample is always included.
 */
export interface ThinnedHistory<Sample> {
  push(sample: Sample): void;
  readonly samples: readonly Sample[];
}

export function createThinnedHistory<Sample>(limit: number): ThinnedHistory<Sample> {
  let kept: Sample[] = [];
  let newest: Sample | undefined;
  let stride = 1;
  let count = 0;
  return {
    push: (sample) => {
      newest = sample;
      if (count++ % stride !== 0) return;
      kept.push(sample);
      if (kept.length < limit) return;
      kept = kept.filter((_, k) => k % 2 === 0);
      stride *= 2;
    },
    get samples() {
      return newest === undefined || kept.at(-1) === newest ? kept : [...kept, newest];
    },
  };
}
