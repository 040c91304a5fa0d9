import type { Prng } from "../../../core/prng.ts";
import { fitHyperparameters } from "../../optimise/fit-hyperparameters.ts";
import { GaussianProcess } from "../../optimise/gaussian-process.ts";
import type { Hyperparameters } from "../../optimise/hyperparameters.ts";
import { PoolPosterior } from "../../optimise/pool-posterior.ts";
import { createTrainingSet } from "../../optimise/training-set.ts";
import { latinHypercube } from "./latin-hypercube.ts";

/** A point with its chi^2. */
export interface Screened {
  readonly x: Float64Array;
  readonly chi2: number;
}

/** Points before the first model, as a share of all. */
const INITIAL_SHARE = 0.4;
const BATCH = 10;
const POOL = 1200;
/** Best points around which a local pool is drawn, and how far (standard deviation, box widths). */
const LOCAL_CENTRES = 3;
const LOCAL_SCALES = [0.1, 0.04];
/** Larger is more exploration: each point minimises mean - KAPPA |z| deviation, z a new normal number. */
const KAPPA = 2;

/**
 * Bayesian optimisation of ln chi^2 (its range is four decades): a Gaussian process over the couplings, scaled to
 * their bounds; each batch takes the lowest confidence bounds of a random pool, each with a bound of its own width.
 */
export function screenBySurrogate(
  chi2: (x: Float64Array) => number,
  bounds: { readonly low: Float64Array; readonly high: Float64Array },
  count: number,
  prng: Prng,
): Screened[] {
  const { low, high } = bounds;
  const n = low.length;
  const evaluate = (x: Float64Array): Screened => ({ x, chi2: chi2(x) });
  const initial = Math.max(2 * n + 2, Math.round(INITIAL_SHARE * count));
  const done = latinHypercube(low, high, Math.min(initial, count), prng).map(evaluate);
  let warm: Hyperparameters | undefined;
  while (done.length < count) {
    const wanted = Math.min(BATCH, count - done.length);
    const { points, hyperparameters } = nextBySurrogate(done, bounds, wanted, prng, { warm });
    warm = hyperparameters;
    done.push(...points.map(evaluate));
  }
  return done;
}

/** One batch: points whose lower confidence bounds of ln chi^2 are lowest, given what is known. */
export function nextBySurrogate(
  done: readonly Screened[],
  bounds: { readonly low: Float64Array; readonly high: Float64Array },
  count: number,
  prng: Prng,
  {
    warm,
    local = false,
  }: { readonly warm?: Hyperparameters | undefined; readonly local?: boolean },
): { points: Float64Array[]; hyperparameters: Hyperparameters } {
  const { low, high } = bounds;
  const n = low.length;
  const toUnit = (x: Float64Array): Float64Array =>
    x.map((v, k) => (v - low[k]!) / (high[k]! - low[k]!));
  const groups = Int32Array.from({ length: n }, (_, k) => k);
  const rows = done.map((point) => ({
    x: toUnit(point.x),
    value: Math.log(Math.max(point.chi2, 1e-300)),
  }));
  const data = createTrainingSet(rows, n);
  const fit = fitHyperparameters({ data, groups, kind: "matern-5/2", warm, prng });
  const model = new GaussianProcess(data, fit.hyperparameters, groups, "matern-5/2");
  const pool = latinHypercube(low, high, POOL, prng);
  const best = [...done].sort((a, b) => a.chi2 - b.chi2).slice(0, LOCAL_CENTRES);
  // basins lie close together too: every third point of the pool is near one of the best
  for (let r = 0; local && r < POOL; r += 3) {
    const centre = best[prng.integer(best.length)]!.x;
    const scale = LOCAL_SCALES[prng.integer(LOCAL_SCALES.length)]!;
    pool[r] = centre.map((v, k) => {
      const moved = v + scale * (high[k]! - low[k]!) * prng.normal();
      return Math.min(high[k]!, Math.max(low[k]!, moved));
    });
  }
  const values = new Float64Array(n * POOL);
  pool.forEach((x, r) => {
    toUnit(x).forEach((v, k) => {
      values[k * POOL + r] = v;
    });
  });
  const posterior = new PoolPosterior(model, { count: POOL, columns: n, values });
  const taken = new Set<number>();
  for (let b = 0; b < count; b++)
    taken.add(lowestBound(posterior, KAPPA * Math.abs(prng.normal()), taken));
  return { points: [...taken].map((r) => pool[r]!), hyperparameters: fit.hyperparameters };
}

function lowestBound(posterior: PoolPosterior, kappa: number, taken: ReadonlySet<number>): number {
  let best = 0;
  let least = Infinity;
  for (let r = 0; r < posterior.count; r++) {
    const bound = posterior.mean[r]! - kappa * Math.sqrt(Math.max(0, posterior.variance[r]!));
    if (bound >= least || taken.has(r)) continue;
    least = bound;
    best = r;
  }
  return best;
}
