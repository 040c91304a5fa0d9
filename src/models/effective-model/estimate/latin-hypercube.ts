import { type Prng, shuffled } from "../../../core/prng.ts";

/** `count` points, one in each of `count` slices of every axis. */
export function latinHypercube(
  low: Float64Array,
  high: Float64Array,
  count: number,
  prng: Prng,
): Float64Array[] {
  const points = Array.from({ length: count }, () => new Float64Array(low.length));
  const slices = Array.from({ length: count }, (_, r) => r);
  for (let k = 0; k < low.length; k++) {
    const order = shuffled(slices, prng);
    points.forEach((point, r) => {
      point[k] = low[k]! + ((order[r]! + prng.next()) / count) * (high[k]! - low[k]!);
    });
  }
  return points;
}
