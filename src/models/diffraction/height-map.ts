import { twoThetaOf } from "./bragg.ts";
import type { SampleShape } from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

export const LN_D_STEP = 0.001;

/** Heights of lines along ln d in steps of `LN_D_STEP`, so that an isotropic strain is a shift. */
export interface HeightMap {
  readonly start: number;
  readonly height: Float64Array;
  /** Variance of each height: noise and the doubt of what is already explained. */
  readonly variance: Float64Array;
  /** ln(1 + z^2/4), z the height over its standard deviation: a fifth of what a line brings that fits perfectly. */
  readonly lnClear: Float64Array;
  /** Height over its standard deviation, within -1 and 12. */
  readonly clarity: Float64Array;
}

/** What is left of a pattern, as heights of lines. O(bins + steps of ln d). */
export function heightMap(
  pattern: PreparedPattern,
  fitted: { readonly model: Float64Array; readonly sample: SampleShape },
  options: { readonly relative: number; readonly floor: number },
): HeightMap {
  const { n, net, sigma, start_deg, step_deg, width_deg } = pattern;
  const half = Math.max(1, Math.round((0.5 * width_deg) / step_deg));
  const heights = new Float64Array(n);
  const variances = new Float64Array(n);
  // A mean over one width is 0.8 of a line's height, and its noise that of the mean.
  const bins = 2 * half + 1;
  for (let i = half; i < n - half; i++) {
    let sum = 0;
    let own = 0;
    let noise2 = 0;
    for (let j = i - half; j <= i + half; j++) {
      sum += net[j]! - fitted.model[j]!;
      own += fitted.model[j]!;
      noise2 += sigma[j]! ** 2;
    }
    heights[i] = sum / bins / 0.8;
    variances[i] =
      noise2 / (bins * bins) + options.floor ** 2 + (options.relative * (own / bins)) ** 2;
  }
  const { angle_deg, cosine } = cellsOf(pattern);
  const cells = cosine.length;
  const height = new Float64Array(cells);
  const variance = new Float64Array(cells);
  const lnClear = new Float64Array(cells);
  const clarity = new Float64Array(cells);
  for (let c = 0; c < cells; c++) {
    const angle = angle_deg[c]! + fitted.sample.displacement_deg * cosine[c]!;
    const i = Math.min(n - 1, Math.max(0, Math.round((angle - start_deg) / step_deg)));
    const h = heights[i]!;
    const v = Math.max(variances[i]!, 1e-9);
    height[c] = h;
    variance[c] = v;
    lnClear[c] = Math.log(1 + h ** 2 / v / 4);
    clarity[c] = Math.max(-1, Math.min(h / Math.sqrt(v), 12));
  }
  return { start: Math.log(pattern.d_min_A), height, variance, lnClear, clarity };
}

interface Cells {
  readonly angle_deg: Float64Array;
  readonly cosine: Float64Array;
}

const cellsKnown = new WeakMap<PreparedPattern, Cells>();

/** Two theta and cos(theta) of each step of ln d: the same for every set of a pattern. */
function cellsOf(pattern: PreparedPattern): Cells {
  const known = cellsKnown.get(pattern);
  if (known !== undefined) return known;
  const wavelength = pattern.radiation[0]!.wavelength_A;
  const lnLow = Math.log(pattern.d_min_A);
  const length = Math.floor((Math.log(pattern.d_max_A) - lnLow) / LN_D_STEP);
  const cells = { angle_deg: new Float64Array(length), cosine: new Float64Array(length) };
  for (let c = 0; c < length; c++) {
    const sine = wavelength / (2 * Math.exp(lnLow + c * LN_D_STEP));
    cells.cosine[c] = Math.sqrt(1 - sine * sine);
    cells.angle_deg[c] = twoThetaOf(sine);
  }
  cellsKnown.set(pattern, cells);
  return cells;
}
