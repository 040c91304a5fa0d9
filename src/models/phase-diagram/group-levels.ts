import { medianSpacing } from "../../numeric/neighbour-graph.ts";

/** The distinct places of candidates along one group of axes. */
export interface GroupLevels {
  readonly dimension: number;
  readonly count: number;
  /** Level of each candidate, ascending along a single axis. */
  readonly level: Int32Array;
  /** Median distance between neighbouring levels; 1 where there is only one. */
  readonly step: number;
}

/** Values that agree to so many digits are one level. */
const DIGITS = 7;

/**
 * @param points N x dimension, one group's coordinates
 */
export function levelsOf(points: Float64Array, dimension: number): GroupLevels {
  return dimension === 1 ? levelsOfAxis(points) : levelsOfSimplex(points, dimension);
}

function levelsOfAxis(points: Float64Array): GroupLevels {
  // Most rows repeat a value to the bit: only the first of each is rounded.
  const rounded = new Map<number, number>();
  for (const x of points) if (!rounded.has(x)) rounded.set(x, Number(x.toPrecision(DIGITS)));
  const values = [...new Set(rounded.values())].sort((a, b) => a - b);
  const position = new Map(values.map((value, k) => [value, k]));
  const level = Int32Array.from(points, (x) => position.get(rounded.get(x)!)!);
  const gaps = values.slice(1).map((x, k) => x - values[k]!);
  gaps.sort((a, b) => a - b);
  return { dimension: 1, count: values.length, level, step: gaps[gaps.length >> 1] ?? 1 };
}

function levelsOfSimplex(points: Float64Array, dimension: number): GroupLevels {
  const level = new Int32Array(points.length / dimension);
  const known = new Map<string, number>();
  const places: number[] = [];
  for (let i = 0; i < level.length; i++) {
    const place = Array.from(points.subarray(i * dimension, (i + 1) * dimension));
    const key = place.map((x) => x.toPrecision(DIGITS)).join(" ");
    let at = known.get(key);
    if (at === undefined) {
      at = known.size;
      known.set(key, at);
      places.push(...place);
    }
    level[i] = at;
  }
  const step = known.size < 2 ? 1 : medianSpacing(Float64Array.from(places), dimension);
  return { dimension, count: known.size, level, step };
}

/** Of the candidates of a product at least this share have a neighbour one level up or down, along every axis. */
const NEIGHBOUR_share_min = 0.5;

/**
 * True where candidates are (a part of) a product of levels: few levels beside the number of candidates, and one step along an axis
 * leads to a candidate. The second is false for a triangle in Cartesian coordinates: at a height there is only every
 * second of the x values.
 */
export function isProductOfLevels(groups: readonly GroupLevels[], count: number): boolean {
  if (groups.some((group) => group.count > Math.max(8, count / 2))) return false;
  const stride = groups.map((_, g) =>
    groups.slice(0, g).reduce((product, group) => product * group.count, 1),
  );
  const keys = new Float64Array(count);
  for (const [g, { level }] of groups.entries()) {
    for (let i = 0; i < count; i++) keys[i]! += stride[g]! * level[i]!;
  }
  const there = new Set(keys);
  return groups.every((group, g) => {
    if (group.dimension > 1 || group.count < 2) return true;
    let beside = 0;
    for (let i = 0; i < count; i++) {
      const k = group.level[i]!;
      const up = k + 1 < group.count && there.has(keys[i]! + stride[g]!);
      if (up || (k > 0 && there.has(keys[i]! - stride[g]!))) beside++;
    }
    return beside >= NEIGHBOUR_share_min * count;
  });
}
