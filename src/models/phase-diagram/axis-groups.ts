/** Candidates as raw numbers, rows in canonical order. */
export interface RawGrid {
  readonly count: number;
  /** N x axes. */
  readonly values: Float64Array;
  readonly axes: number;
  /** Positions of the axes that are mole fractions of one whole. */
  readonly components: readonly number[];
}

/** Axes that get coordinates together: the mole fractions of one whole, or one axis alone. */
export interface AxisGroup {
  readonly axes: readonly number[];
  readonly isComposition: boolean;
  readonly dimension: number;
  /** What the fractions and the one without a column of its own sum to; absent where every fraction has its column. */
  readonly impliedWhole?: number | undefined;
}

/** Mole fractions in one group, where they are known to be that or fill a simplex; every other axis alone. */
export function listGroups(raw: RawGrid): AxisGroup[] {
  const groups: AxisGroup[] = [];
  const implied = raw.components.length > 0 ? undefined : findImpliedWhole(raw);
  const components = implied?.axes ?? raw.components;
  if (components.length > 0) {
    groups.push({
      axes: components,
      isComposition: true,
      dimension: components.length - (implied === undefined ? 1 : 0),
      impliedWhole: implied?.whole,
    });
  }
  for (let axis = 0; axis < raw.axes; axis++) {
    if (!components.includes(axis))
      groups.push({ axes: [axis], isComposition: false, dimension: 1 });
  }
  return groups;
}

/** Sums of fractions reach the whole within this, relatively. */
const WHOLE_tolerance = 2e-3;
/** A box of the same edges would reach this many times the whole: the rows are cut off at it, not by chance below it. */
const BOX_wholes = 1.2;
/** So many rows lie on the face where the fraction without a column is 0. */
const FACE_rows_min = 3;

/**
 * Two columns of a ternary section (three of a quaternary one) whose last fraction goes without saying: no row is negative, none
 * sums to more than 1 (or 100), several sum to just that. One further axis, such as temperature, may stand beside them.
 * As they stand such columns are a sheared simplex: neighbours along the third side would be sqrt(2) as far as the others.
 */
function findImpliedWhole(
  raw: RawGrid,
): { readonly axes: readonly number[]; readonly whole: number } | undefined {
  const all = Array.from({ length: raw.axes }, (_, k) => k);
  for (const axes of [all, ...all.map((out) => all.filter((k) => k !== out))]) {
    const whole = axes.length < 2 ? undefined : cutOffAt(raw, axes);
    if (whole !== undefined) return { axes, whole };
  }
  return undefined;
}

function cutOffAt(raw: RawGrid, axes: readonly number[]): number | undefined {
  const sums = new Float64Array(raw.count);
  const most = axes.map(() => 0);
  for (let i = 0; i < raw.count; i++) {
    for (const [k, axis] of axes.entries()) {
      const x = raw.values[i * raw.axes + axis]!;
      if (x < 0) return undefined;
      most[k] = Math.max(most[k]!, x);
      sums[i]! += x;
    }
  }
  const box = most.reduce((sum, x) => sum + x, 0);
  return [1, 100].find(
    (whole) =>
      box > BOX_wholes * whole &&
      sums.every((sum) => sum <= whole * (1 + WHOLE_tolerance)) &&
      sums.filter((sum) => sum >= whole * (1 - WHOLE_tolerance)).length >= FACE_rows_min,
  );
}

/**
 * Mole fractions -> regular simplex by an orthonormal (Helmert) basis of the plane sum x = const:
 * y_j = (x_1 + .. + x_j - j x_(j+1)) / sqrt(2 j (j+1)); corners lie at distance 1. The row begins at `from`.
 */
export function placeGroup(
  { axes, isComposition, dimension, impliedWhole }: AxisGroup,
  { rows, from }: { readonly rows: ArrayLike<number>; readonly from: number },
  out: Float64Array,
  at: number,
): void {
  if (!isComposition) {
    out[at] = rows[from + axes[0]!]!;
    return;
  }
  let sum = 0;
  for (let j = 1; j <= dimension; j++) {
    sum += rows[from + axes[j - 1]!]!;
    const next = j < axes.length ? rows[from + axes[j]!]! : impliedWhole! - sum;
    out[at + j - 1] = (sum - j * next) / Math.sqrt(2 * j * (j + 1));
  }
}

/** Coordinates of all rows in one group, N x dimension. */
export function groupPoints(raw: RawGrid, group: AxisGroup): Float64Array {
  const points = new Float64Array(raw.count * group.dimension);
  const place = { rows: raw.values, from: 0 };
  for (let i = 0; i < raw.count; i++) {
    place.from = i * raw.axes;
    placeGroup(group, place, points, i * group.dimension);
  }
  return points;
}

/** Root mean square deviation per dimension of one group's coordinates (N x dimension); 1 where all values agree. */
export function spreadOf(points: Float64Array, dimension: number): number {
  const count = points.length / dimension;
  let variance = 0;
  for (let k = 0; k < dimension; k++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += points[i * dimension + k]!;
    mean /= Math.max(1, count);
    for (let i = 0; i < count; i++) variance += (points[i * dimension + k]! - mean) ** 2;
  }
  const spread = Math.sqrt(variance / Math.max(1, count * dimension));
  return spread > 1e-12 ? spread : 1;
}
