/** Below this (mole fraction) the compositions count as exact: data carry four to five digits. */
const EXACT_BELOW = 3e-4;
/** Values beyond so many robust standard deviations are wrong results, not noise. */
const OUTLIER = 4;
/** Median of the absolute value of a standard normal. */
const MEDIAN_OF_NORMAL = 0.6745;

/** Root mean square of residuals' absolute values (there is at least one), without those that are wrong results. */
export function robustSpread(absolute: readonly number[]): number {
  const sizes = [...absolute].sort((a, b) => a - b);
  const median = (sizes[(sizes.length - 1) >> 1]! + sizes[sizes.length >> 1]!) / 2;
  const limit = sizes.length < 3 ? Number.POSITIVE_INFINITY : (OUTLIER * median) / MEDIAN_OF_NORMAL;
  const kept = sizes.filter((size) => size <= limit);
  return Math.sqrt(kept.reduce((sum, z) => sum + z * z, 0) / kept.length);
}

/** A noise as it is used: 0 where compositions are as good as exact. */
export function noiseOrExact(noise: number): number {
  return noise < EXACT_BELOW ? 0 : noise;
}
