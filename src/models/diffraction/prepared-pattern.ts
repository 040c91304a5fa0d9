import { LabError } from "../../core/errors.ts";
import { smooth } from "./background.ts";
import { netOf } from "./background-level.ts";
import { spacingAt } from "./bragg.ts";
import { lineWidth_deg } from "./line-width.ts";
import type { DiffractionPattern } from "./pattern.ts";
import { noiseOf } from "./pattern-noise.ts";
import { nativeStep, rebin, toTwoTheta } from "./pattern-points.ts";
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

/** Bounds what a fit costs: lines of .08 degrees over 80 degrees still have their four bins. */
const BINS_MAX = 4000;
/** Where an axis of Q or d without a wavelength ends: short of 180 degrees, where lines are as wide as far apart. */
const TWO_THETA_MAX_DEG = 130;
/**
 * Half window of the clipped background in line widths. A line with tails ends within three; a window much wider leaves the hump of
 * glass in (10 degrees wide; a half window of 2 degrees invented phases from it, one of 1 degree did not, shared design notes).
 * The limits are for lines so narrow or wide that their width is no guide.
 */
const SNIP_WIDTHS = 7;
const SNIP_MIN_DEG = 0.8;
const SNIP_MAX_DEG = 2.5;
/** Bins in which widths are looked at first: a quarter of the narrowest line of a laboratory's diffractometer (.08 degrees). */
const FIRST_STEP_DEG = 0.02;
/** Bins to a line's width: a sum of four tells a line from its neighbour half a width away; more cost time and tell nothing. */
const WIDTH_BINS = 4;
/** Fewer points are no diffractogram. */
const POINTS_MIN = 20;
const RAD = Math.PI / 180;

/** Bins, background, noise and line width of a pattern. Errors: TL-7103, TL-7105. */
export function preparePattern(
  pattern: DiffractionPattern,
  options: PrepareOptions = {},
): PreparedPattern {
  const radiation = chooseRadiation(pattern, options.radiation);
  const points = toTwoTheta(pattern, radiation[0]!.wavelength_A);
  if (points.x.length < POINTS_MIN) {
    const { x } = pattern;
    const range = `${Number(x[0]!.toPrecision(4))} to ${Number(x[x.length - 1]!.toPrecision(4))}`;
    const axis = { twoTheta_deg: "two theta in degrees", Q_per_nm: "Q in 1/nm", d_A: "d in Å" };
    throw new LabError(
      "TL-7105",
      `fewer than ${POINTS_MIN} points lie between d = 8 and 1.17 angstrom (its axis was read as ${axis[pattern.axis]}, ${range})`,
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
