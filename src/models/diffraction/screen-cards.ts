import { type HeightMap, heightMap, LN_D_STEP } from "./height-map.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import type { SampleShape } from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";
import type { ReferenceCard } from "./reference-card.ts";
import { isotropicPrior, solidSolutionShare } from "./shape-priors.ts";

/** A card at an isotropic strain that may explain what is left. */
export interface Screened {
  readonly card: number;
  readonly strain: number;
  readonly scale: number;
  readonly gain: number;
}

export interface ScreenOptions {
  readonly count: number;
  readonly relative: number;
  readonly floor: number;
  /** Cards not to be looked at. */
  readonly skip: (card: number) => boolean;
}

const LINES = 24;
const STRAINS_KEPT = 3;
const APART = 0.004;

/**
 * The cards that would explain most of the residual net - model: for each card and strain the fall of
 * sum (A - s h)^2/(V + (relative s h)^2) over its strongest lines at the best of a few scales s. Lines that the
 * residual lacks count against the card. Where lines that fit perfectly would bring less than the `count` best found so far, no
 * scale is tried. O(cards x strains x lines).
 */
export function screenCards(
  pattern: PreparedPattern,
  library: PhaseLibrary,
  fitted: { readonly model: Float64Array; readonly sample: SampleShape },
  options: ScreenOptions,
): Screened[] {
  const map = heightMap(pattern, fitted, options);
  const priors = new Map<number, LnPrior>();
  let found: Screened[] = [];
  let least = 0;
  library.cards.forEach((card, k) => {
    if (options.skip(k)) return;
    const share = solidSolutionShare(library, k);
    const reach = Math.floor(card.strainLimit / LN_D_STEP);
    let lnPrior = priors.get(share);
    if (lnPrior === undefined || lnPrior.reach < reach) {
      lnPrior = lnPriorTo(reach, share);
      priors.set(share, lnPrior);
    }
    const rules = { reach, lnPrior, relative: options.relative, least };
    const best = bestStrains(map, strongest(card), rules);
    if (best.length === 0) return;
    for (const entry of best) found.push({ card: k, ...entry });
    found.sort((p, q) => q.gain - p.gain);
    found = found.slice(0, options.count);
    if (found.length === options.count) least = found[options.count - 1]!.gain;
  });
  return found;
}

/** ln of the isotropic strain's prior over that at zero, in steps of ln d from -reach to reach. */
interface LnPrior {
  readonly reach: number;
  readonly at: Float64Array;
}

function lnPriorTo(reach: number, share: number): LnPrior {
  const at = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.log(isotropicPrior((k - reach) * LN_D_STEP, share)),
  );
  return { reach, at };
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
  /** Steps of ln d to the strain's limit. */
  readonly reach: number;
  readonly lnPrior: LnPrior;
  readonly relative: number;
  /** A gain that is not worth telling. */
  readonly least: number;
}

function bestStrains(
  map: HeightMap,
  peaks: CardPeaks,
  rules: StrainRules,
): { strain: number; scale: number; gain: number }[] {
  const { reach, lnPrior } = rules;
  const base = Int32Array.from(peaks.lnD, (lnD) => Math.round((lnD - map.start) / LN_D_STEP));
  const score = scoresOf(map, peaks, base, reach);
  const centre = lnPrior.reach - reach;
  // Far strains are rarer.
  for (let k = 0; k < score.length; k++) score[k] = score[k]! + lnPrior.at[centre + k]!;
  const out: { strain: number; scale: number; gain: number }[] = [];
  const apart = Math.round(APART / LN_D_STEP);
  for (let rank = 0; rank < STRAINS_KEPT; rank++) {
    let best = 0;
    for (let k = 1; k < score.length; k++) if (score[k]! > score[best]!) best = k;
    if (score[best] === -Infinity) break;
    const shift = best - reach;
    const found = bestScale(map, { base, shift, prior: lnPrior.at[centre + best]! }, peaks, rules);
    out.push({ strain: shift * LN_D_STEP, ...found });
    score.fill(-Infinity, Math.max(0, best - apart + 1), best + apart);
  }
  out.sort((p, q) => q.gain - p.gain);
  return out.slice(0, 2).filter(({ gain }) => gain > 0);
}

/** How clearly the residual has the card's lines, at each shift from -reach to reach. */
function scoresOf(
  { clarity }: HeightMap,
  { root }: CardPeaks,
  base: Int32Array,
  reach: number,
): Float64Array {
  const score = new Float64Array(2 * reach + 1);
  for (let l = 0; l < base.length; l++) {
    const first = base[l]! - reach;
    const own = root[l]!;
    const to = Math.min(score.length, clarity.length - first);
    for (let k = Math.max(0, -first); k < to; k++) {
      score[k] = score[k]! + own * clarity[first + k]!;
    }
  }
  return score;
}

const SCALES_TRIED = 8;

function bestScale(
  map: HeightMap,
  { base, shift, prior }: { readonly base: Int32Array; readonly shift: number; prior: number },
  peaks: CardPeaks,
  rules: StrainRules,
): { scale: number; gain: number } {
  const cells = new Int32Array(base.length);
  const wanted = new Float64Array(base.length);
  let lines = 0;
  let most = 2 * prior;
  for (let l = 0; l < base.length; l++) {
    const at = base[l]! + shift;
    if (at < 0 || at >= map.height.length) continue;
    cells[lines] = at;
    wanted[lines++] = peaks.height[l]!;
    most += 5 * map.lnClear[at]!;
  }
  let best = { scale: 0, gain: 0 };
  if (most <= rules.least) return best;
  for (let first = 0; first < Math.min(lines, SCALES_TRIED); first++) {
    const scale = map.height[cells[first]!]! / wanted[first]!;
    if (!(scale > 0)) continue;
    let gain = 2 * prior;
    for (let l = 0; l < lines; l++) {
      const at = cells[l]!;
      const own = scale * wanted[l]!;
      const z1 = (map.height[at]! - own) ** 2 / (map.variance[at]! + (rules.relative * own) ** 2);
      gain += 5 * (map.lnClear[at]! - Math.log(1 + z1 / 4));
    }
    if (gain > best.gain) best = { scale, gain };
  }
  return best;
}
