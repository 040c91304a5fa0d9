import type { Prng } from "../../../core/prng.ts";
import type { ChosenPoint } from "./phase-batch.ts";

/** Random trials per point already chosen; more would push every point to the rim. */
const TRIALS = 8;

/**
 * Points that fill a space evenly, one after the other: of a handful of random candidates the one farthest from everything
 * chosen, measured or in flight (D. P. Mitchell, SIGGRAPH 1991, "best candidate"). Unlike the farthest point of all it does not
 * crowd the rim of the diagram.
 *
 * @param points N x dimension
 * @param occupied coordinates of results and points in flight, one after the other
 */
export function fillSpace(
  points: Float64Array,
  dimension: number,
  free: Uint8Array,
  occupied: readonly Float64Array[],
  wanted: number,
  prng: Prng,
): ChosenPoint[] {
  const open: number[] = [];
  for (let i = 0; i < free.length; i++) if (free[i] === 1) open.push(i);
  const taken = [...occupied];
  const chosen: ChosenPoint[] = [];
  while (chosen.length < wanted && open.length > 0) {
    let best = {
      slot: prng.integer(open.length),
      distance: taken.length === 0 ? Number.POSITIVE_INFINITY : 0,
    };
    const trials = Math.min(open.length, TRIALS * (taken.length + 1));
    for (let trial = 0; trial < trials && taken.length > 0; trial++) {
      const slot = prng.integer(open.length);
      const distance = nearest(points, dimension, open[slot]!, taken);
      if (distance > best.distance) best = { slot, distance };
    }
    const candidate = open[best.slot]!;
    open[best.slot] = open[open.length - 1]!;
    open.pop();
    chosen.push({ candidate, score: best.distance, distance: best.distance });
    taken.push(points.subarray(candidate * dimension, (candidate + 1) * dimension));
  }
  return chosen;
}

function nearest(
  points: Float64Array,
  dimension: number,
  i: number,
  taken: readonly Float64Array[],
): number {
  let best = Number.POSITIVE_INFINITY;
  for (const other of taken) {
    let d2 = 0;
    for (let k = 0; k < dimension; k++) d2 += (points[i * dimension + k]! - other[k]!) ** 2;
    if (d2 < best) best = d2;
  }
  return Math.sqrt(best);
}
