import type { PreparedPattern } from "./prepared-pattern.ts";

/** A tile, in line widths. */
const TILE_WIDTHS = 1.15;

/** How far a true model may be off, as shares: of its own height, and of the pattern's largest line. */
export interface Misfit {
  readonly relative: number;
  readonly floor: number;
}

/**
 * Tails of the loss: a tile that is higher than the model may hold a trace of something else, one that is lower a line
 * weakened by texture. Neither must decide alone. Where noise is all that is unsure the tails are nearly a normal's.
 */
const FREEDOM = { under: 4, over: 8, noise: 1.5 };
/**
 * A phase without a card may give lines anywhere, and then the loss of what nothing explains ends at `tile` + ln of its
 * square over the noise. It costs `price`, and `eachPhase` for each phase named beside it: cards that explain a part of
 * a stranger's lines by chance must bring more.
 */
const STRANGER = { tile: 5, price: 12, eachPhase: 12 };

/**
 * -2 ln likelihood of a model of `phases` phases on tiles of one line width, up to a constant that is the same for all
 * models: independent Student losses of (data - model)/sqrt(V), V = noise^2 + (relative model)^2 + floor^2, with ln V so
 * that a model pays for its own doubt. The tiles are laid twice, half a tile apart, and the mean is taken. The lesser of
 * two readings counts: that the cards are complete, and that a stranger is there.
 */
export function tileLoss(
  pattern: PreparedPattern,
  model: Float64Array,
  misfit: Misfit,
  phases: number,
): number {
  const bins = tileBins(pattern);
  const first = lossFrom(pattern, model, misfit, bins, 0);
  const second = lossFrom(pattern, model, misfit, bins, Math.floor(bins / 2));
  const complete = (first.complete + second.complete) / 2;
  const stranger = (first.stranger + second.stranger) / 2;
  return Math.min(complete, stranger + STRANGER.price + STRANGER.eachPhase * phases);
}

/** Bins in a tile: one line width at the middle of the range. */
export function tileBins(pattern: PreparedPattern): number {
  return Math.max(2, Math.round((TILE_WIDTHS * pattern.width_deg) / pattern.step_deg));
}

function lossFrom(
  { net, sigma, n }: PreparedPattern,
  model: Float64Array,
  misfit: Misfit,
  bins: number,
  start: number,
): { complete: number; stranger: number } {
  const floor2 = misfit.floor ** 2;
  const relative2 = misfit.relative ** 2;
  let complete = 0;
  let stranger = 0;
  for (let from = start; from + bins <= n; from += bins) {
    let data = 0;
    let own = 0;
    let noise2 = 0;
    for (let i = from; i < from + bins; i++) {
      data += net[i]!;
      own += model[i]!;
      noise2 += sigma[i]! ** 2;
    }
    data /= bins;
    own /= bins;
    const plain = noise2 / (bins * bins) + floor2;
    const variance = plain + relative2 * own * own;
    const z2 = (data - own) ** 2 / variance;
    const doubt = Math.log(variance / plain);
    if (data < own) {
      const loss = doubt + student(z2, FREEDOM.over);
      complete += loss;
      stranger += loss;
    } else {
      const cap = STRANGER.tile + Math.log(1 + (data * data) / plain);
      const noiseShare = noise2 / (bins * bins) / plain;
      complete += doubt + student(z2, FREEDOM.under + FREEDOM.noise * noiseShare);
      stranger += doubt + cap * (1 - Math.exp(-z2 / cap));
    }
  }
  return { complete, stranger };
}

function student(z2: number, freedom: number): number {
  return (freedom + 1) * Math.log(1 + z2 / freedom);
}
