import { kthSmallest } from "../../numeric/kth-smallest.ts";

/**
 * Noise at the scale of a line: the spread of second differences at lag w (about a width), where no line stands, and
 * proportional to the square root of the level where a background of counts carries it.
 */
export function noiseOf(
  net: Float64Array,
  background: Float64Array,
  scale: number,
  step_deg: number,
  width_deg: number,
): Float64Array {
  const lags = [1, 2, Math.max(3, Math.round((1.5 * width_deg) / step_deg))];
  const sigma = Math.max(...lags.map((lag) => differenceNoise(net, lag)), 1e-5);
  let mean = 0;
  for (const v of background) mean += v / scale / background.length;
  // Counting noise grows with the counts; where the level is near zero the noise is not of that kind.
  const isCounting = mean > 3 * sigma;
  return net.map((v, k) => {
    if (!isCounting) return sigma;
    const level = Math.max(0.2 * mean, background[k]! / scale + Math.max(0, v));
    return sigma * Math.sqrt(level / mean);
  });
}

export function differenceNoise(net: Float64Array, lag: number): number {
  const found = new Float64Array(Math.max(0, net.length - 2 * lag));
  for (let i = lag; i + lag < net.length; i++) {
    found[i - lag] = Math.abs(net[i]! - (net[i - lag]! + net[i + lag]!) / 2);
  }
  // The lower part of the spread: lines sit in the upper one. The 0.25-quantile of |N(0,1)| is 0.3186.
  return kthSmallest(found, Math.floor(found.length * 0.25)) / 0.3186 / Math.sqrt(1.5);
}
