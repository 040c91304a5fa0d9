import { twoThetaOf } from "./bragg.ts";
import { isotropicPrior, solidSolutionShare } from "./fit-phases.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import type { SampleShape } from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";
import type { ReferenceCard } from "./reference-card.ts";

/** A card at an isotropic strain that may explain what is left. */
export interface Screened {
  readonly card: number;
  readonly strain: number;
  readonly scale: number;
  readonly gain: number;
}

/** Heights of lines along ln d, so that an isotropic strain is a shift. */
interface HeightMap {
  readonly start: number;
  readonly step: number;
  readonly height: Float64Array;
  /** Variance of each height: noise and the doubt of what is already explained. */
  readonly variance: Float64Array;
  /** Height over its standard deviation, within -1 and 12. */
  readonly clarity: Float64Array;
}

export interface ScreenOptions {
  readonly count: number;
  readonly relative: number;
  readonly floor: number;
  /** Cards not to be looked at. */
  readonly skip: (card: number) => boolean;
}

const LN_D_STEP = 0.001;
const LINES = 24;
const STRAINS_KEPT = 3;
const APART = 0.004;

/**
 * The cards that would explain most of the residual net - model: for each card and strain the fall of
 * sum (A - s h)^2/(V + (relative s h)^2) over its strongest lines at the best of a few scales s. Lines that the
 * residual lacks count against the card. O(cards x strains x lines).
 */
export function screenCards(
  pattern: PreparedPattern,
  library: PhaseLibrary,
  fitted: { readonly model: Float64Array; readonly sample: SampleShape },
  options: ScreenOptions,
): Screened[] {
  const map = heightMap(pattern, fitted, options);
  const found: Screened[] = [];
  library.cards.forEach((card, k) => {
    if (options.skip(k)) return;
    const best = bestStrains(map, strongest(card), {
      limit: card.strainLimit,
      share: solidSolutionShare(library, k),
      relative: options.relative,
    });
    for (const entry of best) found.push({ card: k, ...entry });
  });
  found.sort((p, q) => q.gain - p.gain);
  return found.slice(0, options.count);
}

interface CardPeaks {
  readonly lnD: Float64Array;
  /** Square roots of the heights. */
  readonly root: Float64Array;
  readonly height: Float64Array;
}

const peaksOf = new WeakMap<ReferenceCard, CardPeaks>();

/** The strongest lines by height (a width grows with 1/cos theta, which is nearly the same for neighbours). */
function strongest(card: ReferenceCard): CardPeaks {
  const known = peaksOf.get(card);
  if (known !== undefined) return known;
  // Lines that fall together are one.
  const merged: [number, number][] = [];
  card.lnD.forEach((lnD, l) => {
    const last = merged[merged.length - 1];
    if (last !== undefined && Math.abs(last[0] - lnD) < 1.5 * LN_D_STEP) {
      last[1] += card.intensity[l]!;
    } else merged.push([lnD, card.intensity[l]!]);
  });
  merged.sort((p, q) => q[1] - p[1]);
  const kept = merged.slice(0, LINES);
  const peaks = {
    lnD: Float64Array.from(kept, ([lnD]) => lnD),
    root: Float64Array.from(kept, ([, height]) => Math.sqrt(height)),
    height: Float64Array.from(kept, ([, height]) => height),
  };
  peaksOf.set(card, peaks);
  return peaks;
}

interface StrainRules {
  readonly limit: number;
  /** See solidSolutionShare. */
  readonly share: number;
  readonly relative: number;
}

function bestStrains(
  map: HeightMap,
  peaks: CardPeaks,
  rules: StrainRules,
): { strain: number; scale: number; gain: number }[] {
  const reach = Math.floor(rules.limit / map.step);
  const lines = peaks.lnD.length;
  const base = Int32Array.from(peaks.lnD, (lnD) => Math.round((lnD - map.start) / map.step));
  const { clarity } = map;
  const cells = clarity.length;
  const score = new Float64Array(2 * reach + 1);
  for (let k = 0; k < score.length; k++) {
    const shift = k - reach;
    let sum = 0;
    for (let l = 0; l < lines; l++) {
      const at = base[l]! + shift;
      if (at >= 0 && at < cells) sum += peaks.root[l]! * clarity[at]!;
    }
    // Far strains are rarer.
    score[k] = sum + Math.log(isotropicPrior(shift * map.step, rules.share));
  }
  const out: { strain: number; scale: number; gain: number }[] = [];
  const apart = Math.round(APART / map.step);
  for (let rank = 0; rank < STRAINS_KEPT; rank++) {
    let best = 0;
    for (let k = 1; k < score.length; k++) if (score[k]! > score[best]!) best = k;
    if (score[best] === -Infinity) break;
    const shift = best - reach;
    out.push({ strain: shift * map.step, ...bestScale(map, { base, shift }, peaks, rules) });
    score.fill(-Infinity, Math.max(0, best - apart + 1), best + apart);
  }
  out.sort((p, q) => q.gain - p.gain);
  return out.slice(0, 2).filter(({ gain }) => gain > 0);
}

function bestScale(
  map: HeightMap,
  { base, shift }: { readonly base: Int32Array; readonly shift: number },
  peaks: CardPeaks,
  rules: StrainRules,
): { scale: number; gain: number } {
  const heights: number[] = [];
  const variances: number[] = [];
  const wanted: number[] = [];
  base.forEach((bin, l) => {
    const at = bin + shift;
    if (at < 0 || at >= map.height.length) return;
    heights.push(map.height[at]!);
    variances.push(map.variance[at]!);
    wanted.push(peaks.height[l]!);
  });
  const candidates = wanted
    .slice(0, 8)
    .map((h, l) => heights[l]! / h)
    .filter((s) => s > 0);
  let best = { scale: 0, gain: 0 };
  for (const scale of candidates) {
    let gain = 2 * Math.log(isotropicPrior(shift * map.step, rules.share));
    for (let l = 0; l < wanted.length; l++) {
      const own = scale * wanted[l]!;
      const z0 = heights[l]! ** 2 / variances[l]!;
      const z1 = (heights[l]! - own) ** 2 / (variances[l]! + (rules.relative * own) ** 2);
      gain += 5 * (Math.log(1 + z0 / 4) - Math.log(1 + z1 / 4));
    }
    if (gain > best.gain) best = { scale, gain };
  }
  return best;
}

function heightMap(
  pattern: PreparedPattern,
  fitted: { readonly model: Float64Array; readonly sample: SampleShape },
  options: ScreenOptions,
): HeightMap {
  const { n, net, sigma, start_deg, step_deg, width_deg, radiation } = pattern;
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
  const wavelength = radiation[0]!.wavelength_A;
  const lnLow = Math.log(pattern.d_min_A);
  const cells = Math.floor((Math.log(pattern.d_max_A) - lnLow) / LN_D_STEP);
  const height = new Float64Array(cells);
  const variance = new Float64Array(cells).fill(1);
  for (let c = 0; c < cells; c++) {
    const sine = wavelength / (2 * Math.exp(lnLow + c * LN_D_STEP));
    const cosine = Math.sqrt(1 - sine * sine);
    const angle = twoThetaOf(sine) + fitted.sample.displacement_deg * cosine;
    const i = Math.min(n - 1, Math.max(0, Math.round((angle - start_deg) / step_deg)));
    height[c] = heights[i]!;
    variance[c] = Math.max(variances[i]!, 1e-9);
  }
  const clarity = height.map((h, c) => Math.max(-1, Math.min(h / Math.sqrt(variance[c]!), 12)));
  return { start: lnLow, step: LN_D_STEP, height, variance, clarity };
}
