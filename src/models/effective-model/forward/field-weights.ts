import type { ThermalSums } from "./thermal-sums.ts";

/** Below this sum of the weights, counted from the largest |M|, the exponents are taken out one by one. */
const TOTAL_MIN = 1e-200;

/**
 * Probabilities of +|M| (first half of `p`) and -|M| (second half) in a field: w_k exp(+-tilt M_k) / Z, where
 * tilt = g mu_B H / (kB T). As neighbouring M differ by 1 they are powers of exp(-|tilt|), one exponential a field.
 *
 * @param magnetisations |M|, ascending by 1
 * @param p 2 x magnetisations, written
 * @returns ln Z above the origin of the sums
 */
export function weighInField(
  sums: ThermalSums,
  magnetisations: Float64Array,
  tilt: number,
  p: Float64Array,
): number {
  const count = magnetisations.length;
  const { relativeWeight } = sums;
  const along = tilt < 0 ? count : 0; // where the states along the field stand
  const against = count - along;
  const ratio = Math.exp(-Math.abs(tilt));
  let power = 1;
  let total = 0;
  for (let k = count - 1; k >= 0; k--) {
    const w = relativeWeight[k]! * power;
    p[along + k] = w;
    total += w;
    power *= ratio;
  }
  const from = magnetisations[0] === 0 ? 1 : 0;
  if (from === 1) {
    if (along !== 0) p[0] = p[count]!; // M = 0 is counted once, in the first half
    p[count] = 0;
  }
  for (let k = from; k < count; k++) {
    const w = relativeWeight[k]! * power;
    p[against + k] = w;
    total += w;
    power *= ratio;
  }
  if (!(total > TOTAL_MIN)) return weighCarefully(sums, magnetisations, tilt, p);
  for (let k = 0; k < 2 * count; k++) p[k] = p[k]! / total;
  const largest = magnetisations[count - 1]!;
  return sums.logWeight_max + Math.abs(tilt) * largest + Math.log(total);
}

/** The same, the largest exponent taken out first: at fields and temperatures where the powers underflow. */
function weighCarefully(
  sums: ThermalSums,
  magnetisations: Float64Array,
  tilt: number,
  p: Float64Array,
): number {
  const count = magnetisations.length;
  let max = -Infinity;
  for (let k = 0; k < count; k++) {
    const m = magnetisations[k]!;
    p[k] = sums.logWeight[k]! + tilt * m;
    p[k + count] = m === 0 ? -Infinity : sums.logWeight[k]! - tilt * m;
    max = Math.max(max, p[k]!, p[k + count]!);
  }
  let total = 0;
  for (let k = 0; k < 2 * count; k++) {
    p[k] = Math.exp(p[k]! - max);
    total += p[k]!;
  }
  for (let k = 0; k < 2 * count; k++) p[k] = p[k]! / total;
  return max + Math.log(total);
}
