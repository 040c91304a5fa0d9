/**
 * Slopes of a monotone piecewise cubic through points (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5, 300 (1984)): it
 * overshoots nowhere, so that a phase boundary stays between the ends that were measured.
 *
 * @param at ascending positions
 * @param values one a position
 * @returns one slope a position; 0 where there is only one
 */
export function slopesOf(at: readonly number[], values: readonly number[]): Float64Array {
  const n = at.length;
  const slopes = new Float64Array(n);
  if (n < 2) return slopes;
  const secant = at.slice(1).map((t, k) => (values[k + 1]! - values[k]!) / (t - at[k]!));
  const step = (k: number): number => at[k + 1]! - at[k]!;
  slopes[0] = endSlope([step(0), secant[0]!], n > 2 ? [step(1), secant[1]!] : undefined);
  slopes[n - 1] = endSlope(
    [step(n - 2), secant[n - 2]!],
    n > 2 ? [step(n - 3), secant[n - 3]!] : undefined,
  );
  for (let k = 1; k < n - 1; k++) {
    const [before, after] = [secant[k - 1]!, secant[k]!];
    if (before * after <= 0) continue;
    const [h0, h1] = [at[k]! - at[k - 1]!, at[k + 1]! - at[k]!];
    const [w0, w1] = [2 * h1 + h0, h1 + 2 * h0];
    slopes[k] = (w0 + w1) / (w0 / before + w1 / after);
  }
  return slopes;
}

/** Slope at an end from the two secants next to it, each with its length; the outer one alone where there is no other. */
function endSlope(
  [h0, d0]: readonly [number, number],
  next: readonly [number, number] | undefined,
): number {
  if (next === undefined) return d0;
  const [h1, d1] = next;
  const slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
  if (slope * d0 <= 0) return 0;
  return d0 * d1 <= 0 && Math.abs(slope) > 3 * Math.abs(d0) ? 3 * d0 : slope;
}

/** Cubic Hermite value at `t` between two positions with their values and slopes. */
export function valueBetween(
  [t0, t1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  [m0, m1]: readonly [number, number],
  t: number,
): number {
  const h = t1 - t0;
  const s = (t - t0) / h;
  const r = 1 - s;
  return (
    r * r * (1 + 2 * s) * y0 + s * r * r * h * m0 + s * s * (3 - 2 * s) * y1 - s * s * r * h * m1
  );
}
