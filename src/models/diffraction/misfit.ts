import { type Misfit, tileBins } from "./evidence.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

const RELATIVE = { min: 0.08, max: 0.4 };
const FLOOR = { min: 0.009, seen: 0.003, max: 0.02 };
const STRONG = 0.05;
const TILES_MIN = 12;

/** A misfit with the floor as it was seen: sets are chosen with more caution, since what no card explains hides below it. */
export interface EstimatedMisfit extends Misfit {
  readonly floorSeen: number;
}

/**
 * Misfit of a pattern from a good fit's residual, by medians so that a missing phase or an impurity does not count:
 * relative from tiles with strong lines, floor from tiles without. The start's values stand for `TILES_MIN` tiles.
 */
export function estimateMisfit(
  pattern: PreparedPattern,
  model: Float64Array,
  start: Misfit,
): EstimatedMisfit {
  const bins = tileBins(pattern);
  const ratios: number[] = [];
  const rests: number[] = [];
  let noise2 = 0;
  for (let from = 0; from + bins <= pattern.n; from += bins) {
    let data = 0;
    let own = 0;
    let variance = 0;
    for (let i = from; i < from + bins; i++) {
      data += pattern.net[i]! / bins;
      own += model[i]! / bins;
      variance += pattern.sigma[i]! ** 2 / (bins * bins);
    }
    const noise = Math.sqrt(variance);
    if (own > Math.max(STRONG, 6 * noise)) ratios.push(Math.abs(data - own) / own);
    else if (own < 0.003) {
      rests.push(Math.abs(data));
      noise2 += variance;
    }
  }
  const relative = blend(1.48 * median(ratios), ratios.length, start.relative);
  const excess = (1.48 * median(rests)) ** 2 - noise2 / Math.max(1, rests.length);
  const floor = rests.length < TILES_MIN ? start.floor : Math.sqrt(Math.max(0, excess));
  return {
    relative: Math.min(RELATIVE.max, Math.max(RELATIVE.min, relative)),
    floor: Math.min(FLOOR.max, Math.max(FLOOR.min, floor)),
    floorSeen: Math.min(FLOOR.max, Math.max(FLOOR.seen, floor)),
  };
}

function blend(found: number, count: number, prior: number): number {
  return (found * count + prior * TILES_MIN) / (count + TILES_MIN);
}

function median(values: number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.sort((p, q) => p - q);
  return sorted[Math.floor(sorted.length / 2)]!;
}
