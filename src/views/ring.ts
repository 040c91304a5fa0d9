/** The last `limit` items, oldest first: what keeps a view's memory bounded however long the laboratory runs. */
export interface Ring<Item> {
  push(item: Item): void;
  /** Puts something else in the place of each item. */
  change(change: (item: Item) => Item): void;
  readonly items: readonly Item[];
  /** Items ever pushed. */
  readonly total: number;
  /** What `createRing` makes the same ring of. */
  save(): SavedRing<Item>;
}

export interface SavedRing<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** Trims in blocks of a quarter, so that a push costs O(1) on average. */
export function createRing<Item>(limit: number, saved?: SavedRing<Item>): Ring<Item> {
  let kept: Item[] = [...(saved?.items ?? [])];
  let total = saved?.total ?? 0;
  const items = (): Item[] => (kept.length > limit ? kept.slice(-limit) : kept);
  return {
    push: (item) => {
      kept.push(item);
      total++;
      if (kept.length > limit * 1.25) kept = kept.slice(-limit);
    },
    change: (change) => {
      kept = kept.map(change);
    },
    get items() {
      return items();
    },
    get total() {
      return total;
    },
    save: () => ({ items: items(), total }),
  };
}

/**
 * A history that never holds more than `limit` samples: when full, every second sample goes and from then on only
 * every 2nd, 4th, 8th ... is kept, so that the whole time stays covered. The newest sample is always included.
 */
export interface ThinnedHistory<Sample> {
  push(sample: Sample): void;
  readonly samples: readonly Sample[];
  save(): SavedHistory<Sample>;
}

export interface SavedHistory<Sample> {
  readonly kept: readonly Sample[];
  readonly newest?: Sample | undefined;
  readonly stride: number;
  readonly count: number;
}

export function createThinnedHistory<Sample>(
  limit: number,
  saved?: SavedHistory<Sample>,
): ThinnedHistory<Sample> {
  let kept: Sample[] = [...(saved?.kept ?? [])];
  // The same object again where it is the last that was kept: it is told by that.
  const isLast = JSON.stringify(saved?.newest) === JSON.stringify(kept.at(-1));
  let newest: Sample | undefined = isLast ? kept.at(-1) : saved?.newest;
  let stride = saved?.stride ?? 1;
  let count = saved?.count ?? 0;
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
    save: () => ({ kept, newest, stride, count }),
  };
}
