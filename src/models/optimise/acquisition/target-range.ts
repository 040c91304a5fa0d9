import { logNormalInterval } from "../../../numeric/normal-distribution.ts";
import type { Belief } from "./belief.ts";

/**
 * Log probability that the quantity lies in [low, high] (standardised), averaged over draws: NIMO's target-range search
 * (PTR). Safe in both tails, so far candidates still are ranked by their distance.
 */
export function logProbabilityInRange(belief: Belief, low: number, high: number): Float64Array {
  const { means, variance } = belief;
  return variance.map((v, n) => {
    const sd = Math.sqrt(v);
    let most = Number.NEGATIVE_INFINITY;
    const logs: number[] = [];
    for (const mean of means) {
      const m = mean[n] ?? 0;
      const log = logNormalInterval((low - m) / sd, (high - m) / sd);
      logs.push(log);
      most = Math.max(most, log);
    }
    if (most === Number.NEGATIVE_INFINITY) return -1e300;
    const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
    return most + Math.log(sum / logs.length);
  });
}
