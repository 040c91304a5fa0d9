/** The atoms of one class that each look familiar, taken together, in the class's whitened coordinates. */
export interface ClassGathering {
  readonly count: number;
  /** Sum of the coordinates, one number a direction. */
  readonly sums: Float64Array;
  /** Sum of the squared lengths. */
  readonly squares: number;
}

export const NOBODY: ClassGathering = { count: 0, sums: new Float64Array(0), squares: 0 };

/** Neighbours share their surroundings, so fewer atoms than these may stray together. */
const ATOMS_min = 50;
/** Known phases between, and a little beyond, their training temperatures stray up to 2.2, another material's liquid from 4.2 on. */
const STRAYING_max = 3;

/** The gathering of the atoms (rows of `points`, each of `width` coordinates) whose `strangeness` is at most 1. */
export function gatherFamiliar(
  points: Float64Array,
  width: number,
  strangeness: Float64Array,
): ClassGathering {
  const sums = new Float64Array(width);
  let count = 0;
  let squares = 0;
  for (let i = 0; i < strangeness.length; i++) {
    if (!(strangeness[i]! <= 1)) continue;
    count++;
    for (let k = 0; k < width; k++) {
      const x = points[i * width + k]!;
      sums[k]! += x;
      squares += x * x;
    }
  }
  return { count, sums, squares };
}

export function joinGatherings(a: ClassGathering, b: ClassGathering): ClassGathering {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  return {
    count: a.count + b.count,
    sums: a.sums.map((sum, k) => sum + b.sums[k]!),
    squares: a.squares + b.squares,
  };
}

/**
 * How far a class's atoms stray together: |m| / max(1, s) over 3, m the mean of their whitened coordinates freed of its sampling error, s
 * their own deviation a direction; above 1 the region is unfamiliar although its atoms are not. Training atoms have m = 0 and s = 1. Liquids of two
 * materials overlap atom by atom, their means over hundreds do not. Where atoms differ much among each other (an interface) nothing is said.
 */
export function straying({ count, sums, squares }: ClassGathering): number {
  if (count < ATOMS_min) return 0;
  const width = sums.length;
  const mean2 = sums.reduce((sum, v) => sum + (v / count) ** 2, 0);
  const variance = (squares / count - mean2) / width;
  const free2 = Math.max(0, mean2 - (width * variance) / count);
  return Math.sqrt(free2 / Math.max(1, variance)) / STRAYING_max;
}
