import { medianSpacing } from "../../numeric/neighbour-graph.ts";
import {
  type AxisGroup,
  groupPoints,
  listGroups,
  placeGroup,
  type RawGrid,
  spreadOf,
} from "./axis-groups.ts";
import { isProductOfLevels, levelsOf } from "./group-levels.ts";

/** How raw axis values become isometric coordinates: unit = about one grid step. */
export interface Scaling {
  readonly dimension: number;
  /** Coordinates of one raw row, which begins at `from` (0), written to `out` at `offset`. */
  place(rows: ArrayLike<number>, out: Float64Array, offset: number, from?: number): void;
  /** Grid step along each dimension, in units, at most 1. */
  readonly steps: readonly number[];
  /** One unit in standard deviations of the axes (z-scores). */
  readonly unit_z: number;
}

/**
 * Composition axes -> the regular simplex (side 1 for the whole range), other axes as they are; each group divided by its standard
 * deviation over the candidates, so that temperature and composition weigh alike, then everything by the coarsest group's
 * grid step. A candidate list that is no product of levels is divided by its median spacing instead: scattered points, and a
 * triangle in Cartesian coordinates, whose rows stand half a step beside each other.
 */
export function fitScaling(raw: RawGrid): Scaling {
  const groups = listGroups(raw);
  const placed = groups.map((group) => groupPoints(raw, group));
  const spread = placed.map((points, g) => spreadOf(points, groups[g]!.dimension));
  const levels = placed.map((points, g) => levelsOf(points, groups[g]!.dimension));
  const isProduct = groups.length === 1 || isProductOfLevels(levels, raw.count);
  const steps = levels.map((level, g) => level.step / spread[g]!);
  const dimension = groups.reduce((sum, group) => sum + group.dimension, 0);
  const unit = isProduct ? Math.max(...steps) : scatteredSpacing(raw, groups, spread, dimension);
  const factor = spread.map((s) => 1 / (s * unit));
  return {
    dimension,
    unit_z: unit,
    steps: groups.flatMap((group, g) =>
      new Array<number>(group.dimension).fill(isProduct ? steps[g]! / unit : 1),
    ),
    place: (rows, out, offset, from = 0) => placeRow(groups, factor, { rows, from }, out, offset),
  };
}

/** Coordinates of all rows, N x dimension. */
export function placeAll(raw: RawGrid, scaling: Scaling): Float64Array {
  const points = new Float64Array(raw.count * scaling.dimension);
  for (let i = 0; i < raw.count; i++)
    scaling.place(raw.values, points, i * scaling.dimension, i * raw.axes);
  return points;
}

function placeRow(
  groups: readonly AxisGroup[],
  factor: readonly number[],
  row: { readonly rows: ArrayLike<number>; readonly from: number },
  out: Float64Array,
  offset: number,
): void {
  let at = offset;
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g]!;
    placeGroup(group, row, out, at);
    for (let k = 0; k < group.dimension; k++) out[at + k] = out[at + k]! * factor[g]!;
    at += group.dimension;
  }
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
    placeRow(groups, factor, { rows: raw.values, from: i * raw.axes }, points, i * dimension);
  }
  return medianSpacing(points, dimension);
}
