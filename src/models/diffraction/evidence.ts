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
 * weakened by texture. Neither must decide alone. Where noise is all that is unsure the tails are nearly a normal's, and what
 * a tile holds beside its mean counts too (decision 0327).
 */
const FREEDOM = { under: 4, over: 8, noiseShare: 1.5, noiseOnly: 30 };
/** Noise is all that is unsure of a tile, by half, where its variance is so many times the misfit's; the power says how sharply. */
const NOISE_RULES = { ratio: 4, power: 6 };
/**
 * A phase without a card may give lines anywhere, and then the loss of what nothing explains ends at `tile` + ln of its
 * square over the noise. It costs `price`, and `eachPhase` for each phase named beside it: cards that explain a part of
 * a stranger's lines by chance must bring more.
 */
const STRANGER = { tile: 5, price: 12, eachPhase: 12 };

/**
 * -2 ln likelihood of a model of `phases` phases on tiles of one line width, up to a constant that is the same for all
 * models: independent Student losses of (data - model)/sqrt(V), V = noise^2 + (relative model)^2 + floor^2, with ln V so
 * that a model pays for its own doubt; and, as far as V is noise, the squares of what bins are off their tile's mean, which a model
 * that has the shape of lines explains and one with the right means does not. The tiles are laid twice, half a tile apart, and the
 * mean is taken. The lesser of two readings counts: that the cards are complete, and that a stranger is there.
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
    const tileNoise2 = noise2 / (bins * bins);
    const plain = tileNoise2 + floor2;
    const variance = plain + relative2 * own * own;
    const z2 = (data - own) ** 2 / variance;
    const doubt = Math.log(variance / plain);
    const beside = (NOISE_RULES.ratio * (variance - tileNoise2)) / tileNoise2;
    const noiseOnly = 1 / (1 + beside ** NOISE_RULES.power);
    // Of the data, not of the model: a model must not gain by doubt that it does not pay for.
    const off2 = bins * (floor2 + relative2 * Math.max(0, data) ** 2);
    let within = 0;
    for (let i = from; i < from + bins; i++) {
      within += (net[i]! - data - (model[i]! - own)) ** 2 / (sigma[i]! ** 2 + off2);
    }
    const tails = FREEDOM.noiseOnly * noiseOnly;
    if (data < own) {
      const loss = doubt + student(z2, FREEDOM.over + tails) + noiseOnly * within;
      complete += loss;
      stranger += loss;
    } else {
      const freedom = FREEDOM.under + (FREEDOM.noiseShare * tileNoise2) / plain + tails;
      complete += doubt + student(z2, freedom) + noiseOnly * within;
      const cap = STRANGER.tile + Math.log(1 + (data * data) / plain);
      const explained = Math.exp(-z2 / cap);
      // A stranger's line has its shape too: beside noise nothing of it counts.
      const shape = within - (1 - explained) * Math.max(0, within - (bins - 1));
      stranger += doubt + cap * (1 - explained) + noiseOnly * shape;
    }
  }
  return { complete, stranger };
}

function student(z2: number, freedom: number): number {
  return (freedom + 1) * Math.log(1 + z2 / freedom);
}
