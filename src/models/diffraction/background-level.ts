import { kthSmallest } from "../../numeric/kth-smallest.ts";
import { smooth, snipBackground } from "./background.ts";
import { differenceNoise } from "./pattern-noise.ts";
import type { Binned } from "./pattern-points.ts";

/** Half a window at least: so many degrees hold gaps between the lines of most phases. */
const LEVEL_WINDOW_DEG = 1.5;
/**
 * A level within this share of the noise is none: two standard errors of a lower quartile of N values, 2 sqrt(p (1 - p)/N)/phi =
 * 2.7/sqrt(N) with p = 1/4 and phi the normal's density there (.318), at the N = 57 bins or fewer of a window as clipped backgrounds
 * of lines of .3 degrees have it, a part of which hold lines.
 */
const LEVEL_GRAIN = 0.4;

/** The clipped background lies at the noise's lower edge; it is raised until what has no line lies around zero. */
export function netOf(
  { y, step_deg }: Binned,
  window_deg: number,
): {
  net: Float64Array;
  background: Float64Array;
} {
  let top = 0;
  for (const v of y) top = Math.max(top, Math.abs(v));
  const unit = 1e4 / (top > 0 ? top : 1);
  const half = Math.max(4, Math.round(window_deg / step_deg));
  const net = y.slice();
  for (let k = 0; k < net.length; k++) net[k] = y[k]! * unit;
  const background = snipBackground(smooth(net, 1), half);
  for (let k = 0; k < net.length; k++) {
    background[k] = background[k]! / unit;
    net[k] = y[k]! - background[k]!;
  }
  const around = Math.max(half, Math.round(LEVEL_WINDOW_DEG / step_deg));
  const raise = (level: Float64Array): void => {
    for (let k = 0; k < net.length; k++) {
      const own = level[k]!;
      net[k] = net[k]! - own;
      background[k] = background[k]! + own;
    }
  };
  raise(lowerLevel(net, around, differenceNoise(net, 1)));
  // On the flanks of a hump the lower quarter of a window lies too low: what stands out of noise still is background too.
  const noise = differenceNoise(net, 1);
  const grain = LEVEL_GRAIN * noise;
  raise(lowerLevel(net, around, noise).map((v) => (v > grain ? v - (grain * grain) / v : 0)));
  return { net, background };
}

/**
 * Level of what lies between lines within +- half bins: the lower quarter, lifted to the middle of noise. A hump of glass
 * that is too narrow for the clipping goes here.
 */
function lowerLevel(net: Float64Array, half: number, sigma: number): Float64Array {
  const hop = Math.max(1, Math.floor(half / 4));
  const knots: number[] = [];
  const held = new Float64Array(2 * half + 1);
  for (let i = 0; i < net.length + hop; i += hop) {
    const around = net.subarray(Math.max(0, i - half), Math.min(net.length, i + half + 1));
    const window = held.subarray(0, around.length);
    window.set(around);
    knots.push(kthSmallest(window, Math.floor(window.length / 4)) + 0.674 * sigma);
  }
  const level = new Float64Array(net.length);
  for (let i = 0; i < level.length; i++) {
    const k = Math.floor(i / hop);
    const t = i / hop - k;
    level[i] = knots[k]! * (1 - t) + knots[Math.min(k + 1, knots.length - 1)]! * t;
  }
  return smooth(level, hop);
}
