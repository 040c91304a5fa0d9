/** Every so many lines one place is kept: a reading begins at most so many lines too early. */
const STRIDE = 256;

/** Where a line begins, and the checksum of the line before it. */
export interface Place {
  readonly at: number;
  readonly before: string;
}

/** Where lines of a file are, by position: a few of them. */
export interface Places {
  note(position: number, place: Place): void;
  /** The last place kept at or before a position. */
  before(position: number): Place;
  readonly all: readonly Place[];
}

/** `kept[k]` is the place of position `k * STRIDE + 1`. */
export function createPlaces(kept: readonly Place[] = []): Places {
  const all: Place[] = [...kept];
  return {
    note: (position, place) => {
      if ((position - 1) % STRIDE === 0) all[(position - 1) / STRIDE] = place;
    },
    before: (position) => {
      const k = Math.min(all.length - 1, Math.floor((position - 1) / STRIDE));
      return all[k] ?? { at: 0, before: "00000000" };
    },
    all,
  };
}
