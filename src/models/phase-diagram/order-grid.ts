import { LabError } from "../../core/errors.ts";
import { fitScaling, placeAll } from "./coordinates.ts";
import type { ScaledGrid } from "./map-model.ts";
import { orderByRanks, ranksOf } from "./value-ranks.ts";

/** A grid with the way back to the caller's rows. */
export interface OrderedGrid extends ScaledGrid {
  /** rowOf[k] = the caller's row of canonical candidate k. */
  readonly rowOf: Int32Array;
  /** candidateOf[row] = canonical candidate of the caller's row. */
  readonly candidateOf: Int32Array;
}

/** Shares of a whole that sum to 1 or to 100 within this, relatively. */
const SUM_TOLERANCE = 2e-3;

/**
 * Puts candidates in canonical order (rows by value), so that nothing depends on the order in which they were listed, and
 * gives them coordinates.
 *
 * @param axes names, sorted
 * @param raw rows x axes, row-major, in that order of the axes
 * @param components names of the axes that are mole fractions; found by their constant sum where not given
 * @throws TL-5001 where a component is no axis
 */
export function orderRows(
  axes: readonly string[],
  raw: Float64Array,
  components?: readonly string[] | undefined,
): OrderedGrid {
  const count = raw.length / axes.length;
  const width = axes.length;
  const order = orderByRanks(
    axes.map((_, k) => ranksOf(raw, k, width)),
    count,
  );
  const values = new Float64Array(raw.length);
  const candidateOf = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const row = order[k]!;
    candidateOf[row] = k;
    for (let axis = 0; axis < width; axis++) values[k * width + axis] = raw[row * width + axis]!;
  }
  const parts = findComponents(values, axes, components);
  const fraction = parts.axes.length === 0 ? findFraction(values, axes, components) : undefined;
  const grid = { count, values, axes: axes.length, components: parts.axes };
  const scaling = fitScaling(grid);
  return {
    count,
    axes,
    values,
    components: parts.axes,
    ...(fraction === undefined
      ? { wholeAmount: parts.whole }
      : { fractionAxis: fraction.axis, wholeAmount: fraction.whole }),
    points: placeAll(grid, scaling),
    dimension: scaling.dimension,
    scaling,
    rowOf: order,
    candidateOf,
  };
}

function findComponents(
  values: Float64Array,
  axes: readonly string[],
  names: readonly string[] | undefined,
): { axes: readonly number[]; whole: number } {
  const none = { axes: [], whole: 1 };
  const listed = names?.map((name) => axes.indexOf(name)).sort((a, b) => a - b);
  if (listed?.includes(-1)) {
    throw new LabError(
      "TL-5001",
      `the components ${names?.join(", ")} are not all among the axes ${axes.join(", ")}`,
    );
  }
  if (listed !== undefined) {
    return listed.length < 2 ? none : { axes: listed, whole: wholeOf(values, axes, listed) ?? 1 };
  }
  // Composition and further axes such as T: leave out one axis at a time until the rest sums to a constant.
  const all = axes.map((_, k) => k);
  for (const trial of [all, ...all.map((out) => all.filter((k) => k !== out))]) {
    const whole = trial.length >= 3 ? wholeOf(values, axes, trial) : undefined;
    if (whole !== undefined) return { axes: trial, whole };
  }
  return none;
}

/**
 * The one mole fraction of a binary over a further axis such as temperature: named as the only component, or the only axis
 * whose name starts with `x_` and whose values lie within 0 and 1 (or 100).
 */
function findFraction(
  values: Float64Array,
  axes: readonly string[],
  names: readonly string[] | undefined,
): { axis: number; whole: number } | undefined {
  if (axes.length !== 2) return undefined;
  const named =
    names?.length === 1
      ? [axes.indexOf(names[0]!)]
      : axes.flatMap((axis, k) => (/^x_/i.test(axis) ? [k] : []));
  const [axis] = named;
  if (axis === undefined || axis < 0 || named.length > 1) return undefined;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = axis; i < values.length; i += axes.length) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  const whole = most > 1 ? 100 : 1;
  return least >= 0 && most <= whole ? { axis, whole } : undefined;
}

/** 1 or 100 where the chosen axes sum to it in every row. */
function wholeOf(
  values: Float64Array,
  axes: readonly string[],
  chosen: readonly number[],
): number | undefined {
  const rows = values.length / axes.length;
  return [1, 100].find((whole) => {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (const k of chosen) sum += values[i * axes.length + k]!;
      if (Math.abs(sum - whole) > SUM_TOLERANCE * whole) return false;
    }
    return rows > 0;
  });
}
