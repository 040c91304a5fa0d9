/** What is learnt: everything in standardised units (inputs on the unit range, y with mean 0 and deviation 1). */
export interface Hyperparameters {
  /** Width of each group of columns, in units of the column's range. */
  readonly widths: Float64Array;
  /** Deviation of the function from its mean. */
  readonly signal: number;
  /** Deviation of one measurement. */
  readonly noise: number;
}

/** Normal priors on the logarithms, and the bounds of the search. */
export interface HyperPrior {
  readonly lnWidth_mean: number;
  readonly lnWidth_sd: number;
  readonly lnSignal_sd: number;
  readonly lnNoise_mean: number;
  readonly lnNoise_sd: number;
  readonly noise_min: number;
}

const WIDTH_min = 0.005;
const WIDTH_max = 1e3;
const SIGNAL_min = 0.05;
const SIGNAL_max = 20;
const NOISE_max = 2;

/**
 * The prior of a search in `columns` effective dimensions: widths near half the diagonal of the unit cube, noise of
 * about a hundredth of the spread. Loose enough that some twenty results overrule it.
 */
export function defaultPrior(columns: number): HyperPrior {
  return {
    lnWidth_mean: Math.log(0.5 * Math.sqrt(columns)),
    lnWidth_sd: 1,
    lnSignal_sd: 1,
    lnNoise_mean: Math.log(0.01),
    lnNoise_sd: 2,
    noise_min: 1e-4,
  };
}

/** What is believed of `groups` axes before anything was learnt. */
export function usualHyperparameters(groups: number): Hyperparameters {
  const width = Math.exp(defaultPrior(Math.max(1, groups)).lnWidth_mean);
  return { widths: new Float64Array(groups).fill(width), signal: 1, noise: 0.02 };
}

/** [ln w_1 .. ln w_G, ln signal, ln noise] */
export function packHyperparameters(h: Hyperparameters): Float64Array {
  return Float64Array.of(...h.widths.map(Math.log), Math.log(h.signal), Math.log(h.noise));
}

export function unpackHyperparameters(theta: Float64Array): Hyperparameters {
  const groups = theta.length - 2;
  return {
    widths: theta.slice(0, groups).map(Math.exp),
    signal: Math.exp(theta[groups]!),
    noise: Math.exp(theta[groups + 1]!),
  };
}

export function hyperparameterBounds(
  groups: number,
  prior: HyperPrior,
): { lower: Float64Array; upper: Float64Array } {
  const lower = new Float64Array(groups + 2).fill(Math.log(WIDTH_min));
  const upper = new Float64Array(groups + 2).fill(Math.log(WIDTH_max));
  lower[groups] = Math.log(SIGNAL_min);
  upper[groups] = Math.log(SIGNAL_max);
  lower[groups + 1] = Math.log(prior.noise_min);
  upper[groups + 1] = Math.log(NOISE_max);
  return { lower, upper };
}

/** Minus the log prior density (without constants) at theta; adds its gradient. */
export function addPrior(theta: Float64Array, prior: HyperPrior, gradient: Float64Array): number {
  const groups = theta.length - 2;
  let value = 0;
  const add = (k: number, mean: number, sd: number): void => {
    const u = (theta[k]! - mean) / sd;
    value += 0.5 * u * u;
    gradient[k]! += u / sd;
  };
  for (let g = 0; g < groups; g++) add(g, prior.lnWidth_mean, prior.lnWidth_sd);
  add(groups, 0, prior.lnSignal_sd);
  add(groups + 1, prior.lnNoise_mean, prior.lnNoise_sd);
  return value;
}
