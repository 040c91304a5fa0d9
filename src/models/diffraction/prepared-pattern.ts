import { LabError } from "../../core/errors.ts";
import { kthSmallest } from "../../numeric/kth-smallest.ts";
import { smooth, snipBackground } from "./background.ts";
import { spacingAt, twoThetaOf } from "./bragg.ts";
import type { DiffractionPattern } from "./pattern.ts";
import { radiationOf, type SpectralLine } from "./radiation.ts";

/** A pattern on even bins of 2theta, background removed, its largest net value 1. */
export interface PreparedPattern {
  readonly n: number;
  readonly start_deg: number;
  readonly step_deg: number;
  readonly net: Float64Array;
  readonly background: Float64Array;
  /** Standard deviation of each bin's noise. */
  readonly sigma: Float64Array;
  /** Full width at half maximum of a usual line, times cos(theta). */
  readonly width_deg: number;
  readonly radiation: readonly SpectralLine[];
  readonly d_min_A: number;
  readonly d_max_A: number;
  /** Counts (or what the file holds) of a net value of 1. */
  readonly scale: number;
}

export interface PrepareOptions {
  /** Instead of what the pattern says; Cu where neither says. */
  readonly radiation?: readonly SpectralLine[] | undefined;
}

const D_MAX_A = 8;
const D_MIN_A = 1.17;
const BINS_MAX = 4000;
const TWO_THETA_MAX_DEG = 130;
const SNIP_WIDTHS = 7;
const SNIP_MIN_DEG = 0.8;
const SNIP_MAX_DEG = 2.5;
const LEVEL_WINDOW_DEG = 1.5;
const LEVEL_GRAIN = 0.4;
const FIRST_STEP_DEG = 0.02;
const WIDTH_BINS = 4;
const RAD = Math.PI / 180;

/** Bins, background, noise and line width of a pattern. Errors: TL-7103, TL-7105. */
export function preparePattern(
  pattern: DiffractionPattern,
  options: PrepareOptions = {},
): PreparedPattern {
  const radiation = chooseRadiation(pattern, options.radiation);
  const points = toTwoTheta(pattern, radiation[0]!.wavelength_A);
  if (points.x.length < 20) {
    const { x } = pattern;
    const range = `${Number(x[0]!.toPrecision(4))} to ${Number(x[x.length - 1]!.toPrecision(4))}`;
    const axis = { twoTheta_deg: "two theta in degrees", Q_per_nm: "Q in 1/nm", d_A: "d in Å" };
    throw new LabError(
      "TL-7105",
      `fewer than 20 points lie between d = 8 and 1.17 angstrom (its axis was read as ${axis[pattern.axis]}, ${range})`,
    );
  }
  const fine = nativeStep(points.x);
  const coarse = rebin(points, fine * Math.max(1, Math.round(FIRST_STEP_DEG / fine)));
  const first = netOf(coarse, SNIP_MIN_DEG);
  const width = lineWidth_deg(first.net, coarse.start_deg, coarse.step_deg);
  const span = points.x[points.x.length - 1]! - points.x[0]!;
  // Whole multiples of the file's step, so that every bin holds as many points and has the same noise.
  const multiple = Math.max(width / WIDTH_BINS, span / BINS_MAX) / fine;
  const step = fine * Math.max(1, Math.floor(multiple + 0.3));
  const binned = step > 1.2 * coarse.step_deg ? rebin(points, step) : coarse;
  const window = Math.min(SNIP_MAX_DEG, Math.max(SNIP_MIN_DEG, SNIP_WIDTHS * width));
  const { net, background } = netOf(binned, window);
  let largest = 0;
  for (const v of smooth(net, 1)) largest = Math.max(largest, v);
  const scale = largest > 0 ? largest : 1;
  const scaled = net.map((v) => v / scale);
  return {
    n: net.length,
    start_deg: binned.start_deg,
    step_deg: binned.step_deg,
    net: scaled,
    background: background.map((v) => v / scale),
    sigma: noiseOf(scaled, background, scale, binned.step_deg, width),
    width_deg: Math.max(width, 1.5 * binned.step_deg),
    radiation,
    d_min_A: spacingAt(points.x[points.x.length - 1]!, radiation[0]!.wavelength_A),
    d_max_A: spacingAt(points.x[0]!, radiation[0]!.wavelength_A),
    scale,
  };
}

function chooseRadiation(
  pattern: DiffractionPattern,
  given: readonly SpectralLine[] | undefined,
): readonly SpectralLine[] {
  if (given !== undefined) return given;
  if (pattern.radiation !== undefined) return pattern.radiation;
  if (pattern.axis === "twoTheta_deg") return radiationOf("Cu")!;
  // Without a wavelength an axis of d or Q has one line; the angle is only a scale then, and must stay below 180 deg.
  const q_max = Math.max(
    ...pattern.x.map((v) => (pattern.axis === "d_A" ? (20 * Math.PI) / v : v)),
  );
  const reach = (40 * Math.PI * Math.sin((TWO_THETA_MAX_DEG / 2) * RAD)) / q_max;
  return [{ wavelength_A: Math.min(1.5406, reach), share: 1 }];
}

interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** 2theta rising, within the range of spacings. */
function toTwoTheta(pattern: DiffractionPattern, wavelength_A: number): Points {
  const angle = (x: number): number => {
    if (pattern.axis === "twoTheta_deg") return x;
    const d = pattern.axis === "d_A" ? x : (20 * Math.PI) / x;
    return twoThetaOf(wavelength_A / (2 * d));
  };
  const found: [number, number][] = [];
  pattern.x.forEach((x, k) => {
    const twoTheta = angle(x);
    const d = spacingAt(twoTheta, wavelength_A);
    if (twoTheta > 0 && d <= D_MAX_A && d >= D_MIN_A) found.push([twoTheta, pattern.intensity[k]!]);
  });
  if (pattern.axis === "d_A") found.reverse();
  return { x: Float64Array.from(found, (p) => p[0]), y: Float64Array.from(found, (p) => p[1]) };
}

function nativeStep(x: Float64Array): number {
  const steps = new Float64Array(x.length - 1);
  for (let k = 0; k < steps.length; k++) steps[k] = x[k + 1]! - x[k]!;
  return kthSmallest(steps, Math.floor(steps.length / 2));
}

interface Binned {
  readonly start_deg: number;
  readonly step_deg: number;
  readonly y: Float64Array;
}

/** Means of the points in each bin; an empty bin lies on the line between its neighbours. */
function rebin({ x, y }: Points, step_deg: number): Binned {
  const start = x[0]!;
  const n = Math.floor((x[x.length - 1]! - start) / step_deg + 0.5) + 1;
  const sum = new Float64Array(n);
  const count = new Float64Array(n);
  x.forEach((v, k) => {
    const bin = Math.min(n - 1, Math.round((v - start) / step_deg));
    sum[bin] = sum[bin]! + y[k]!;
    count[bin] = count[bin]! + 1;
  });
  const out = new Float64Array(n);
  let last = 0;
  for (let i = 0; i < n; i++) {
    if (count[i] === 0) continue;
    out[i] = sum[i]! / count[i]!;
    for (let j = last + 1; j < i; j++) {
      out[j] = out[last]! + ((out[i]! - out[last]!) * (j - last)) / (i - last);
    }
    last = i;
  }
  return { start_deg: start, step_deg, y: out };
}

/** The clipped background lies at the noise's lower edge; it is raised until what has no line lies around zero. */
function netOf(
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
  let background = snipBackground(
    smooth(
      y.map((v) => v * unit),
      1,
    ),
    half,
  ).map((v) => v / unit);
  let net = y.map((v, k) => v - background[k]!);
  const around = Math.max(half, Math.round(LEVEL_WINDOW_DEG / step_deg));
  const raise = (level: Float64Array): void => {
    net = net.map((v, k) => v - level[k]!);
    background = background.map((v, k) => v + level[k]!);
  };
  raise(lowerLevel(net, around));
  // On the flanks of a hump the lower quarter of a window lies too low: what stands out of noise still is background too.
  const grain = LEVEL_GRAIN * differenceNoise(net, 1);
  raise(lowerLevel(net, around).map((v) => (v > grain ? v - (grain * grain) / v : 0)));
  return { net, background };
}

/**
 * Level of what lies between lines within +- half bins: the lower quarter, lifted to the middle of noise. A hump of glass
 * that is too narrow for the clipping goes here.
 */
function lowerLevel(net: Float64Array, half: number): Float64Array {
  const sigma = differenceNoise(net, 1);
  const hop = Math.max(1, Math.floor(half / 4));
  const knots: number[] = [];
  for (let i = 0; i < net.length + hop; i += hop) {
    const window = net.slice(Math.max(0, i - half), Math.min(net.length, i + half + 1));
    knots.push(kthSmallest(window, Math.floor(window.length / 4)) + 0.674 * sigma);
  }
  const level = net.map((_, i) => {
    const k = Math.floor(i / hop);
    const t = i / hop - k;
    return knots[k]! * (1 - t) + knots[Math.min(k + 1, knots.length - 1)]! * t;
  });
  return smooth(level, hop);
}

/** Median full width of the strongest lines, times cos(theta). */
function lineWidth_deg(net: Float64Array, start_deg: number, step_deg: number): number {
  const taken = new Uint8Array(net.length);
  const widths: number[] = [];
  const smoothed = smooth(net, 1);
  for (let rank = 0; rank < 8; rank++) {
    let top = -1;
    for (let i = 2; i < net.length - 2; i++) {
      if (taken[i] === 0 && (top < 0 || smoothed[i]! > smoothed[top]!)) top = i;
    }
    if (top < 0 || smoothed[top]! <= 0) break;
    const half = smoothed[top]! / 2;
    let left = top;
    let right = top;
    while (left > 0 && smoothed[left]! > half) left--;
    while (right < net.length - 1 && smoothed[right]! > half) right++;
    const from = left + (half - smoothed[left]!) / (smoothed[left + 1]! - smoothed[left]! || 1);
    const to = right - (half - smoothed[right]!) / (smoothed[right - 1]! - smoothed[right]! || 1);
    widths.push((to - from) * step_deg * Math.cos(((start_deg + top * step_deg) / 2) * RAD));
    for (let i = Math.max(0, 2 * left - top); i <= Math.min(net.length - 1, 2 * right - top); i++) {
      taken[i] = 1;
    }
  }
  widths.sort((p, q) => p - q);
  return Math.min(1.5, Math.max(step_deg, widths[Math.floor((widths.length - 1) / 2)] ?? 0.15));
}

/**
 * Noise at the scale of a line: the spread of second differences at lag w (about a width), where no line stands, and
 * proportional to the square root of the level where a background of counts carries it.
 */
function noiseOf(
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

function differenceNoise(net: Float64Array, lag: number): number {
  const found = new Float64Array(Math.max(0, net.length - 2 * lag));
  for (let i = lag; i + lag < net.length; i++) {
    found[i - lag] = Math.abs(net[i]! - (net[i - lag]! + net[i + lag]!) / 2);
  }
  // The lower part of the spread: lines sit in the upper one. The 0.25-quantile of |N(0,1)| is 0.3186.
  return kthSmallest(found, Math.floor(found.length * 0.25)) / 0.3186 / Math.sqrt(1.5);
}
