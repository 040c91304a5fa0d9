import type { FreePredictor } from "../estimate/estimation-problem.ts";
import type { Calculation } from "./calculation.ts";

/** Curves foretold from calculations made elsewhere in coupling space. */
export interface CurveEmulator extends FreePredictor {
  /**
   * How much the calculations around `x` disagree about it: mean square over the points of the spread of their linear
   * extrapolations, in units of `scales`. 0 at a calculation, large where nothing is near.
   */
  disagreement(x: ArrayLike<number>, scales: Float64Array): number;
}

/** Neighbours that are blended, per coupling and at least. */
const NEIGHBOURS_PER_COUPLING = 3;
const NEIGHBOURS_MIN = 6;
/** Distance (in box widths) below which two calculations are the same. */
const SAME = 1e-9;

/**
 * Modified Shepard interpolation of first-order Taylor expansions (R. J. Renka, ACM TOMS 14, 139 (1988)): the nearest
 * calculations each extrapolate linearly with their Hellmann-Feynman slopes, weighted by ((R - d) / (R d))^2 that
 * falls to 0 at the radius R of the neighbourhood. Values and slopes of the calculations are reproduced exactly;
 * between them the error falls with the square of their distance. Cost: O(N n + K L n) for each prediction.
 *
 * @param calculated at least one
 */
export function createCurveEmulator(
  calculated: readonly Calculation[],
  low: Float64Array,
  high: Float64Array,
): CurveEmulator {
  const n = low.length;
  const count = Math.max(NEIGHBOURS_MIN, NEIGHBOURS_PER_COUPLING * n);
  const widths = low.map((from, k) => high[k]! - from);
  const near = (x: ArrayLike<number>): Neighbour[] => weighNeighbours(calculated, x, widths, count);
  return {
    predict: (x) => blend(near(x), x),
    predictWithSlopes: (x) => blendWithSlopes(near(x), x, widths),
    disagreement: (x, scales) => spread(near(x), x, scales),
  };
}

interface Neighbour {
  readonly at: Calculation;
  readonly distance: number;
  /** Normalised. */
  weight: number;
  /** d ln(weight before normalisation) / d distance. */
  steepness: number;
}

function weighNeighbours(
  calculated: readonly Calculation[],
  x: ArrayLike<number>,
  widths: Float64Array,
  count: number,
): Neighbour[] {
  const { rows, squares } = nearestRows(calculated, x, widths, count + 1);
  const neighbours = rows.map((row, k) => ({
    at: calculated[row]!,
    distance: Math.sqrt(squares[k]!),
    weight: 1,
    steepness: 0,
  }));
  if (neighbours[0]!.distance < SAME) return neighbours.slice(0, 1);
  // the next one outside gives the radius, so that a neighbour fades before it is dropped
  const radius = neighbours[count]?.distance ?? 1.5 * neighbours.at(-1)!.distance;
  const kept = neighbours.slice(0, count).filter(({ distance }) => distance < radius);
  let total = 0;
  for (const one of kept) {
    const root = (radius - one.distance) / (radius * one.distance);
    one.weight = root * root;
    one.steepness = -2 / (radius - one.distance) - 2 / one.distance;
    total += one.weight;
  }
  if (!(total > 0)) return neighbours.slice(0, 1).map((one) => ({ ...one, weight: 1 }));
  for (const one of kept) one.weight /= total;
  return kept;
}

/** The rows of the `count` nearest, ascending, and their squared distances in box widths: insertion, no sort of all. */
function nearestRows(
  calculated: readonly Calculation[],
  x: ArrayLike<number>,
  widths: Float64Array,
  count: number,
): { rows: number[]; squares: number[] } {
  const n = widths.length;
  const rows: number[] = [];
  const squares: number[] = [];
  for (let row = 0; row < calculated.length; row++) {
    const from = calculated[row]!.x;
    let square = 0;
    for (let k = 0; k < n; k++) square += ((x[k]! - from[k]!) / widths[k]!) ** 2;
    if (rows.length === count && square >= squares[count - 1]!) continue;
    let place = Math.min(rows.length, count - 1);
    while (place > 0 && squares[place - 1]! > square) {
      rows[place] = rows[place - 1]!;
      squares[place] = squares[place - 1]!;
      place--;
    }
    rows[place] = row;
    squares[place] = square;
  }
  return { rows, squares };
}

/** Linear extrapolation of one calculation's value l to x. */
function extrapolate({ x: from, values, slopes }: Calculation, x: ArrayLike<number>, l: number) {
  const n = from.length;
  let value = values[l]!;
  for (let k = 0; k < n; k++) value += slopes[l * n + k]! * (x[k]! - from[k]!);
  return value;
}

function blend(neighbours: readonly Neighbour[], x: ArrayLike<number>): Float64Array {
  const out = new Float64Array(neighbours[0]!.at.values.length);
  for (const { at, weight } of neighbours)
    for (let l = 0; l < out.length; l++) out[l] = out[l]! + weight * extrapolate(at, x, l);
  return out;
}

/** The blend and its derivative, that of the weights included (that of the radius, which is small, left out). */
function blendWithSlopes(
  neighbours: readonly Neighbour[],
  x: ArrayLike<number>,
  widths: Float64Array,
): { values: Float64Array; slopes: Float64Array } {
  const n = widths.length;
  const values = blend(neighbours, x);
  const slopes = new Float64Array(values.length * n);
  for (const { at, weight, distance, steepness } of neighbours) {
    const pull = Float64Array.from(widths, (width, k) =>
      distance === 0 ? 0 : (weight * steepness * (x[k]! - at.x[k]!)) / (width * width * distance),
    );
    for (let l = 0; l < values.length; l++) {
      const away = neighbours.length === 1 ? 0 : extrapolate(at, x, l) - values[l]!;
      for (let k = 0; k < n; k++)
        slopes[l * n + k] = slopes[l * n + k]! + weight * at.slopes[l * n + k]! + pull[k]! * away;
    }
  }
  return { values, slopes };
}

function spread(
  neighbours: readonly Neighbour[],
  x: ArrayLike<number>,
  scales: Float64Array,
): number {
  const middle = blend(neighbours, x);
  let sum = 0;
  for (const { at, weight } of neighbours)
    for (let l = 0; l < middle.length; l++)
      sum += weight * ((extrapolate(at, x, l) - middle[l]!) / scales[l]!) ** 2;
  return sum / middle.length;
}
