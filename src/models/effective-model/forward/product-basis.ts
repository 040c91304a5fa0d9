/**
 * Product states with a fixed magnetisation. A state is the mixed-radix integer sum_i level_i stride_i, where
 * level_i = s_i + m_i counts up from 0; site 0 is the fastest digit.
 */
export interface ProductSector {
  /** Sum of the levels of all sites: M = levelSum - sum_i s_i. */
  readonly levelSum: number;
  /** The states, ascending. */
  readonly states: Int32Array;
}

/** The digits of a product space. */
export interface ProductSpace {
  readonly siteSpins: readonly number[];
  readonly strides: Int32Array;
  /** Levels of each site, 2 s + 1. */
  readonly levels: Int32Array;
  /** Number of states of the whole space. */
  readonly dimension: number;
  /** Largest level sum, twice the sum of the spins. */
  readonly levelSum_max: number;
}

export function createProductSpace(siteSpins: readonly number[]): ProductSpace {
  const levels = Int32Array.from(siteSpins, (spin) => Math.round(2 * spin) + 1);
  const strides = new Int32Array(levels.length);
  let dimension = 1;
  levels.forEach((count, site) => {
    strides[site] = dimension;
    dimension *= count;
  });
  const levelSum_max = levels.reduce((sum, count) => sum + count - 1, 0);
  return { siteSpins, strides, levels, dimension, levelSum_max };
}

/** The digit of `site` in a state. */
export function levelOf(space: ProductSpace, state: number, site: number): number {
  return Math.floor(state / space.strides[site]!) % space.levels[site]!;
}

/** Number of product states for each level sum, by convolution: what a sector costs before it is built. */
export function sectorDimensions(siteSpins: readonly number[]): number[] {
  let counts = [1];
  for (const spin of siteSpins) {
    const levels = Math.round(2 * spin) + 1;
    const next = new Array<number>(counts.length + levels - 1).fill(0);
    counts.forEach((count, sum) => {
      for (let level = 0; level < levels; level++) next[sum + level] = next[sum + level]! + count;
    });
    counts = next;
  }
  return counts;
}

/** Lists the states of every level sum, index = level sum. Cost: one pass over the space. */
export function listSectors(space: ProductSpace): ProductSector[] {
  const counts = sectorDimensions(space.siteSpins);
  const sectors = counts.map((count, levelSum) => ({ levelSum, states: new Int32Array(count) }));
  const filled = new Int32Array(counts.length);
  const sums = levelSums(space);
  for (let state = 0; state < space.dimension; state++) {
    const sum = sums[state]!;
    sectors[sum]!.states[filled[sum]!] = state;
    filled[sum] = filled[sum]! + 1;
  }
  return sectors;
}

/** Position of each state within its own sector. */
export function positionsInSectors(
  space: ProductSpace,
  sectors: readonly ProductSector[],
): Int32Array {
  const positions = new Int32Array(space.dimension);
  for (const { states } of sectors) {
    for (let k = 0; k < states.length; k++) positions[states[k]!] = k;
  }
  return positions;
}

function levelSums(space: ProductSpace): Uint8Array {
  const sums = new Uint8Array(space.dimension); // at most 2 s N < 256: more spins do not fit in memory
  let filled = 1;
  for (const levels of space.levels) {
    for (let level = 1; level < levels; level++) {
      for (let k = 0; k < filled; k++) sums[level * filled + k] = sums[k]! + level;
    }
    filled *= levels;
  }
  return sums;
}

/** sqrt(s(s+1) - m(m+1)): the factor of S+ on |s m>. */
export function raisingFactor(spin: number, m: number): number {
  return Math.sqrt(Math.max(0, spin * (spin + 1) - m * (m + 1)));
}
