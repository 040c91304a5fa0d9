import type { MapGrid, MapPrediction } from "./map-model.ts";

/** Fields farther than this many times the nearest one's distance get none of the doubt. */
const REACH = 2;

/**
 * Probabilities of a map whose engine says how sure a label is, but not of the others (it shares the rest evenly): the doubt of
 * a candidate goes to the labels of the fields next to it, w_k ~ 1 / d_k^2 with d_k the distance to the nearest candidate of
 * label k, and none beyond twice the nearest d. A label that is drawn nowhere, or only far away, gets 0. Columns that are
 * not even stay as they are. O(N^2) distances.
 *
 * @param grid coordinates of the N candidates in which one unit is about one grid step
 * @returns a column of N probabilities a label; those of a reached candidate sum to 1
 */
export function divideDoubt(
  { labels, label, certainty, probabilities }: MapPrediction,
  { count, points, dimension }: Pick<MapGrid, "count" | "points" | "dimension">,
): readonly Float64Array[] {
  if (labels.length < 3) return probabilities;
  const columns = probabilities.map((column) => column.slice());
  const nearest2 = new Float64Array(labels.length);
  for (let i = 0; i < count; i++) {
    const own = label[i]!;
    if (own < 0 || certainty[i]! >= 1 || !isEven(columns, own, i)) continue;
    nearest2.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < count; j++) {
      const other = label[j]!;
      if (other < 0 || other === own) continue;
      let d2 = 0;
      for (let c = 0; c < dimension; c++) {
        const d = points[i * dimension + c]! - points[j * dimension + c]!;
        d2 += d * d;
      }
      if (d2 < nearest2[other]!) nearest2[other] = d2;
    }
    shareRest(columns, i, own, nearest2);
  }
  return columns;
}

function isEven(columns: readonly Float64Array[], own: number, i: number): boolean {
  const first = columns[own === 0 ? 1 : 0]![i]!;
  return columns.every((column, k) => k === own || Math.abs(column[i]! - first) < 1e-12);
}

function shareRest(
  columns: readonly Float64Array[],
  i: number,
  own: number,
  nearest2: Float64Array,
): void {
  const least = nearest2.reduce((a, b) => Math.min(a, b));
  // With one label drawn alone there is no field next to it.
  if (!Number.isFinite(least)) return;
  const weights = nearest2.map((d2) => (d2 <= REACH * REACH * least ? 1 / Math.max(d2, 1e-12) : 0));
  const whole = weights.reduce((a, b) => a + b);
  const rest = 1 - columns[own]![i]!;
  columns.forEach((column, k) => {
    if (k !== own) column[i] = (rest * weights[k]!) / whole;
  });
}
