import { medianSpacing } from "../../numeric/neighbour-graph.ts";
import { ranksOf } from "./value-ranks.ts";

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
  const ranks = ranksOf(points, 0, 1);
  const rounded = Float64Array.from(ranks.values, (x) => Number(x.toPrecision(DIGITS)));
  const values = [...new Set(rounded)].sort((a, b) => a - b);
  const position = new Map(values.map((value, k) => [value, k]));
  const levelAt = Int32Array.from(rounded, (x) => position.get(x)!);
  const level = ranks.rank.map((k) => levelAt[k]!);
  const gaps = values.slice(1).map((x, k) => x - values[k]!);
  gaps.sort((a, b) => a - b);
  return { dimension: 1, count: values.length, level, step: gaps[gaps.length >> 1] ?? 1 };
}

/** Most rows repeat a coordinate to the bit: each is rounded once, and places are told apart by the numbers of the rounded ones. */
function levelsOfSimplex(points: Float64Array, dimension: number): GroupLevels {
  const count = points.length / dimension;
  const columns = Array.from({ length: dimension }, (_, k) => roundedCodes(points, k, dimension));
  const level = new Int32Array(count);
  let distinct = 1;
  for (const { code, count: codes } of columns) {
    const known = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const key = level[i]! * codes + code[i]!;
      let at = known.get(key);
      if (at === undefined) {
        at = known.size;
        known.set(key, at);
      }
      level[i] = at;
    }
    distinct = known.size;
  }
  const places = new Float64Array(distinct * dimension);
  for (let i = count - 1; i >= 0; i--)
    for (let k = 0; k < dimension; k++)
      places[level[i]! * dimension + k] = points[i * dimension + k]!;
  const step = distinct < 2 ? 1 : medianSpacing(places, dimension);
  return { dimension, count: distinct, level, step };
}

/** Numbers of the rounded values of one coordinate. */
function roundedCodes(points: Float64Array, axis: number, dimension: number) {
  const { values, rank } = ranksOf(points, axis, dimension);
  const known = new Map<string, number>();
  const codeOf = Int32Array.from(values, (x) => {
    const text = x.toPrecision(DIGITS);
    const at = known.get(text) ?? known.size;
    known.set(text, at);
    return at;
  });
  return { code: rank.map((k) => codeOf[k]!), count: known.size };
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
  const there = membersOf(keys, stride.at(-1)! * groups.at(-1)!.count);
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

/** Up to so many places a product is looked up by a byte each. */
const BYTES_max = 1 << 26;

function membersOf(keys: Float64Array, places: number): { has(key: number): boolean } {
  if (places > BYTES_max) return new Set(keys);
  const there = new Uint8Array(places);
  for (let i = 0; i < keys.length; i++) there[keys[i]!] = 1;
  return { has: (key) => there[key] === 1 };
}
