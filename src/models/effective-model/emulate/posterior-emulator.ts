import { choleskyInPlace } from "../../../numeric/cholesky.ts";
import type { Calculation } from "./calculation.ts";
import { type CurveEmulator, createCurveEmulator } from "./curve-emulator.ts";
import { createGradientProcess, type GradientProcess } from "./gradient-process.ts";

/** Calculations that the Gaussian processes learn: those with the smallest chi^2, so that every mode that counts is in. */
const LEARNT_MAX = 60;
/** Lengths that are tried: multiples of one standard error along each direction, and a limit in meV. */
const ERRORS_TRIED = [4, 12, 36];
const LENGTHS_meV_TRIED = [2, 6];
/** Nearness from which the processes alone speak, and below which they are silent. */
const NEAR = 0.5;
const FAR = 0.05;

export interface EmulatorData {
  /** Best first. */
  readonly ranked: readonly Calculation[];
  readonly scales: Float64Array;
  /** 1/(2 sigma^2) in units of the scales. */
  readonly beta: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** How the covariance was chosen: kept while a calculation is left out to see what it was worth. */
export type CovarianceRoot = Float64Array;

export interface PosteriorEmulator {
  readonly emulator: CurveEmulator;
  readonly root: CovarianceRoot | undefined;
  /** Variance of the emulated curves, summed over the points, in units of the scales. */
  readonly varianceAt: (x: Float64Array) => number;
}

/**
 * Curves near the posterior by Gaussian processes over values and slopes, elsewhere by Shepard interpolation. The
 * processes' lengths follow the likelihood's own: short across a valley, where curves change fast, long along it.
 */
export function createPosteriorEmulator(
  data: EmulatorData,
  root?: CovarianceRoot,
): PosteriorEmulator {
  const { ranked, low, high } = data;
  const shepard = createCurveEmulator(ranked, low, high);
  const learnt = ranked.slice(0, LEARNT_MAX);
  const roots = root === undefined ? rootsToTry(data) : [root];
  let best: { process: GradientProcess; root: CovarianceRoot } | undefined;
  for (const tried of roots) {
    const process = createGradientProcess(learnt, tried);
    if (process !== undefined && !(best !== undefined && process.misfit >= best.process.misfit))
      best = { process, root: tried };
  }
  if (best === undefined)
    return { emulator: shepard, root: undefined, varianceAt: () => Number.POSITIVE_INFINITY };
  const { process } = best;
  return {
    emulator: join(process, shepard),
    root: best.root,
    varianceAt: (x) => process.variance(x, data.scales),
  };
}

/** Upper triangular roots of A/errors^2 + 1/length^2, A the posterior's precision at the best calculation. */
function rootsToTry({ ranked, scales, beta }: EmulatorData): CovarianceRoot[] {
  const [best] = ranked;
  const n = best?.x.length ?? 0;
  const precision = new Float64Array(n * n);
  scales.forEach((scale, l) => {
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        const product = best!.slopes[l * n + a]! * best!.slopes[l * n + b]!;
        precision[a * n + b] = precision[a * n + b]! + (2 * beta * product) / (scale * scale);
      }
    }
  });
  return ERRORS_TRIED.flatMap((errors) =>
    LENGTHS_meV_TRIED.flatMap((length_meV) => {
      const matrix = precision.map(
        (value, i) => value / errors ** 2 + (i % (n + 1) === 0 ? 1 / length_meV ** 2 : 0),
      );
      if (choleskyInPlace(matrix, n, n) !== 0) return [];
      const upper = new Float64Array(n * n);
      for (let a = 0; a < n; a++) {
        for (let b = a; b < n; b++) upper[a * n + b] = matrix[b * n + a]!;
      }
      return [upper];
    }),
  );
}

function join(process: GradientProcess, shepard: CurveEmulator): CurveEmulator {
  const shareAt = (x: ArrayLike<number>): number => {
    const t = Math.min(1, Math.max(0, (process.nearness(x) - FAR) / (NEAR - FAR)));
    return t * t * (3 - 2 * t);
  };
  const mix = (a: Float64Array, b: Float64Array, share: number): Float64Array =>
    a.map((value, i) => share * value + (1 - share) * b[i]!);
  return {
    predict: (x) => {
      const share = shareAt(x);
      if (share === 1) return process.predict(x);
      if (share === 0) return shepard.predict(x);
      return mix(process.predict(x), shepard.predict(x), share);
    },
    predictWithSlopes: (x) => {
      const share = shareAt(x);
      if (share === 1) return process.predictWithSlopes(x);
      const other = shepard.predictWithSlopes(x);
      if (share === 0) return other;
      const own = process.predictWithSlopes(x);
      return {
        values: mix(own.values, other.values, share),
        slopes: mix(own.slopes, other.slopes, share),
      };
    },
    // what neither method explains of the other is doubt
    disagreement: (x, scales) => {
      const own = process.predict(x);
      const other = shepard.predict(x);
      let sum = 0;
      own.forEach((value, l) => {
        sum += ((value - other[l]!) / scales[l]!) ** 2;
      });
      const share = 1 - process.nearness(x);
      return (Math.max(0, share) * sum) / own.length;
    },
  };
}
