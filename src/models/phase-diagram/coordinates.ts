import { medianSpacing } from "../../numeric/neighbour-graph.ts";

/** Candidates as raw numbers, rows in canonical order. */
export interface RawGrid {
  readonly count: number;
  /** N x axes. */
  readonly values: Float64Array;
  readonly axes: number;
  /** Positions of the axes that are mole fractions of one whole. */
  readonly components: readonly number[];
}

/** How raw axis values become isometric coordinates: unit = about one grid step. */
export interface Scaling {
  readonly dimension: number;
  /** Coordinates of one raw row, appended to `out` at `offset`. */
  place(row: ArrayLike<number>, out: Float64Array, offset: number): void;
  /** Grid step along each dimension, in units, at most 1. */
  readonly steps: readonly number[];
  /** One unit in standard deviations of the axes (z-scores). */
  readonly unit_z: number;
}

/**
 * Composition axes -> the regular simplex (side 1 for the whole range), other axes as they are; each group divided by its standard
 * deviation over the candidates, so that temperature and composition weigh alike, then everything by the coarsest group's
 * grid step. A candidate list that is no product of levels is divided by its median spacing instead.
 */
export function fitScaling(raw: RawGrid): Scaling {
  const groups = listGroups(raw);
  const spread = groups.map((group) => spreadOf(raw, group));
  const steps = groups.map((group, g) => stepOf(raw, group) / spread[g]!);
  const isProduct = steps.every((step) => step > 0);
  const dimension = groups.reduce((sum, group) => sum + group.dimension, 0);
  const unit = isProduct ? Math.max(...steps) : scatteredSpacing(raw, groups, spread, dimension);
  const factor = spread.map((s) => 1 / (s * unit));
  return {
    dimension,
    unit_z: unit,
    steps: groups.flatMap((group, g) =>
      new Array<number>(group.dimension).fill(isProduct ? steps[g]! / unit : 1),
    ),
    place: (row, out, offset) => placeRow(groups, factor, row, out, offset),
  };
}

/** Coordinates of all rows, N x dimension. */
export function placeAll(raw: RawGrid, scaling: Scaling): Float64Array {
  const points = new Float64Array(raw.count * scaling.dimension);
  for (let i = 0; i < raw.count; i++) {
    const row = raw.values.subarray(i * raw.axes, (i + 1) * raw.axes);
    scaling.place(row, points, i * scaling.dimension);
  }
  return points;
}

interface AxisGroup {
  readonly axes: readonly number[];
  readonly isComposition: boolean;
  readonly dimension: number;
}

function listGroups(raw: RawGrid): AxisGroup[] {
  const groups: AxisGroup[] = [];
  if (raw.components.length > 0) {
    groups.push({
      axes: raw.components,
      isComposition: true,
      dimension: raw.components.length - 1,
    });
  }
  for (let axis = 0; axis < raw.axes; axis++) {
    if (!raw.components.includes(axis))
      groups.push({ axes: [axis], isComposition: false, dimension: 1 });
  }
  return groups;
}

function placeRow(
  groups: readonly AxisGroup[],
  factor: readonly number[],
  row: ArrayLike<number>,
  out: Float64Array,
  offset: number,
): void {
  let at = offset;
  for (const [g, group] of groups.entries()) {
    placeGroup(group, row, out, at);
    for (let k = 0; k < group.dimension; k++) out[at + k] = out[at + k]! * factor[g]!;
    at += group.dimension;
  }
}

/**
 * Mole fractions -> regular simplex by an orthonormal (Helmert) basis of the plane sum x = const:
 * y_j = (x_1 + .. + x_j - j x_(j+1)) / sqrt(2 j (j+1)); corners lie at distance 1.
 */
function placeGroup(group: AxisGroup, row: ArrayLike<number>, out: Float64Array, at: number): void {
  if (!group.isComposition) {
    out[at] = row[group.axes[0]!]!;
    return;
  }
  let sum = 0;
  for (let j = 1; j < group.axes.length; j++) {
    sum += row[group.axes[j - 1]!]!;
    out[at + j - 1] = (sum - j * row[group.axes[j]!]!) / Math.sqrt(2 * j * (j + 1));
  }
}

function groupPoints(raw: RawGrid, group: AxisGroup): Float64Array {
  const points = new Float64Array(raw.count * group.dimension);
  for (let i = 0; i < raw.count; i++) {
    const row = raw.values.subarray(i * raw.axes, (i + 1) * raw.axes);
    placeGroup(group, row, points, i * group.dimension);
  }
  return points;
}

/** Root mean square deviation per dimension; 1 where all values agree. */
function spreadOf(raw: RawGrid, group: AxisGroup): number {
  const points = groupPoints(raw, group);
  let variance = 0;
  for (let k = 0; k < group.dimension; k++) {
    let mean = 0;
    for (let i = 0; i < raw.count; i++) mean += points[i * group.dimension + k]!;
    mean /= Math.max(1, raw.count);
    for (let i = 0; i < raw.count; i++) variance += (points[i * group.dimension + k]! - mean) ** 2;
  }
  const spread = Math.sqrt(variance / Math.max(1, raw.count * group.dimension));
  return spread > 1e-12 ? spread : 1;
}

/**
 * Grid step of a group: the median distance between neighbouring distinct levels. 0 where most rows have a level of
 * their own although there are several groups: then the candidates are no product of levels.
 */
function stepOf(raw: RawGrid, group: AxisGroup): number {
  const points = groupPoints(raw, group);
  const levels = new Map<string, number[]>();
  for (let i = 0; i < raw.count; i++) {
    const level = Array.from(points.subarray(i * group.dimension, (i + 1) * group.dimension));
    levels.set(level.map((x) => x.toPrecision(7)).join(" "), level);
  }
  if (levels.size < 2) return 1;
  const isAlone = group.axes.length === raw.axes;
  if (!isAlone && levels.size > Math.max(8, raw.count / 2)) return 0;
  if (group.dimension > 1)
    return medianSpacing(Float64Array.from([...levels.values()].flat()), group.dimension);
  const sorted = [...levels.values()].map((level) => level[0]!).sort((a, b) => a - b);
  const gaps = sorted
    .slice(1)
    .map((x, k) => x - sorted[k]!)
    .sort((a, b) => a - b);
  return gaps[gaps.length >> 1]!;
}

function scatteredSpacing(
  raw: RawGrid,
  groups: readonly AxisGroup[],
  spread: readonly number[],
  dimension: number,
): number {
  const points = new Float64Array(raw.count * dimension);
  const factor = spread.map((s) => 1 / s);
  for (let i = 0; i < raw.count; i++) {
    const row = raw.values.subarray(i * raw.axes, (i + 1) * raw.axes);
    placeRow(groups, factor, row, points, i * dimension);
  }
  return medianSpacing(points, dimension);
}
