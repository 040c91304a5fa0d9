import type { Prng } from "../../../core/prng.ts";
import {
  differenceMove,
  type RungStatistics,
  sampleByExchange,
  type TemperedDensity,
} from "../../../numeric/exchange-sampler.ts";
import type { Descent } from "../../../numeric/levenberg-marquardt.ts";
import type { CouplingPrior } from "./coupling-prior.ts";
import type { EstimationProblem } from "./estimation-problem.ts";
import { followModes } from "./mode-search.ts";
import { approximateMode, drawFromModes } from "./posterior-modes.ts";

/** Factor between neighbouring rungs away from and near the posterior. */
const COARSE_RATIO = 1.9;
const FINE_RATIO = 1.3;
/** The fine part reaches this far below and above the expected beta. */
const FINE_BELOW = 8;
const FINE_ABOVE = 4;
const SEEDS_PER_RUNG = 24;
const CHAINS = 8;
const MODES_FOLLOWED = 5;
/** Below this share of the largest beta the modes have merged: the Gaussians only feed the proposals. */
const FOLLOW_SHARE = 1e-3;

/**
 * 0, then from where the data begin to matter (beta = 0.1 / typical chi^2 of the prior) geometrically, finely around
 * `beta`.
 */
function buildLadder(beta: number, typicalChi2: number): Float64Array {
  const fineFrom = beta / FINE_BELOW;
  const start = Math.min(fineFrom, 0.1 / Math.max(typicalChi2, 1e-300));
  const coarse = Math.max(1, Math.ceil(Math.log(fineFrom / start) / Math.log(COARSE_RATIO)));
  const fine = Math.ceil(Math.log(FINE_BELOW * FINE_ABOVE) / Math.log(FINE_RATIO));
  return Float64Array.from([
    0,
    ...Array.from({ length: coarse }, (_, k) => start * (fineFrom / start) ** (k / coarse)),
    ...Array.from(
      { length: fine + 1 },
      (_, k) => fineFrom * (FINE_BELOW * FINE_ABOVE) ** (k / fine),
    ),
  ]);
}

/** Exchange Monte Carlo from the prior to beyond the posterior; the modes found so far seed the rungs. */
export function sampleLadder(
  problem: EstimationProblem,
  prior: CouplingPrior,
  optima: readonly Descent[],
  options: {
    readonly beta: number;
    readonly sweeps: number;
    readonly onSweep: (k: number) => void;
  },
  prng: Prng,
): RungStatistics[] {
  const draws = Array.from({ length: 24 }, () => problem.chi2(prior.draw(prng))).sort(
    (a, b) => a - b,
  );
  const ladder = buildLadder(options.beta, draws[12] ?? 1);
  const seeds = seedRungs(problem, prior, optima, ladder, prng);
  return sampleByExchange(
    densityOf(problem, prior),
    {
      ladder,
      sweeps: options.sweeps,
      burnIn: Math.floor(options.sweeps / 4),
      seeds,
      onSweep: options.onSweep,
    },
    prng,
  );
}

/**
 * Draws for each rung from the Gaussians of the modes, which are followed down the ladder: with a prior they move as
 * beta falls. Replicas seldom change basin above the rungs where the basins merge, so the shares they start with matter.
 */
function seedRungs(
  problem: EstimationProblem,
  prior: CouplingPrior,
  optima: readonly Descent[],
  ladder: Float64Array,
  prng: Prng,
): Float64Array[][] {
  const seeds: Float64Array[][] = Array.from(ladder, () => []);
  let followed = optima.slice(0, MODES_FOLLOWED);
  for (let r = ladder.length - 1; r > 0 && followed.length > 0; r--) {
    const beta = ladder[r]!;
    if (prior.lambda > 0 && beta > ladder.at(-1)! * FOLLOW_SHARE) {
      const starts = followed.map((end) => end.x);
      followed = followModes(problem, starts, prior.lambda / beta);
    }
    const modes = followed.map((end) => approximateMode(end, beta, prior));
    seeds[r] = drawFromModes(modes, prior, SEEDS_PER_RUNG, prng);
  }
  return seeds;
}

/**
 * Samples at exactly `beta`: chains that start from the nearest rung's samples and move by differences of its archive,
 * which stays as it is, so that detailed balance is exact. The exchange run has settled the weights of the modes.
 */
export function samplePosterior(
  problem: EstimationProblem,
  prior: CouplingPrior,
  rungs: readonly RungStatistics[],
  options: { readonly beta: number; readonly steps: number; readonly onStep: (k: number) => void },
  prng: Prng,
): Float64Array[] {
  const density = densityOf(problem, prior);
  const distance = (rung: RungStatistics): number => Math.abs(Math.log(rung.beta / options.beta));
  const nearest = rungs.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const archive = nearest.samples;
  const burnIn = Math.floor(options.steps / 10);
  const kept: Float64Array[] = [];
  for (let chain = 0; chain < CHAINS; chain++) {
    let x = archive[Math.floor(((chain + 0.5) * archive.length) / CHAINS)]!;
    let logDensity = density.logPrior(x) - options.beta * density.cost(x);
    for (let step = 0; step < options.steps; step++) {
      const trial = differenceMove(x, archive, prng);
      const logPrior = density.logPrior(trial);
      if (logPrior > -Infinity) {
        const other = logPrior - options.beta * density.cost(trial);
        if (Math.log(1 - prng.next()) < other - logDensity) {
          x = trial;
          logDensity = other;
        }
      }
      if (step >= burnIn) kept.push(x);
    }
    options.onStep((chain + 1) * options.steps);
  }
  return kept;
}

/** Number of forward calculations of {@link samplePosterior}. */
export function posteriorSteps(steps: number): number {
  return CHAINS * steps;
}

function densityOf(problem: EstimationProblem, prior: CouplingPrior): TemperedDensity {
  return {
    dimension: prior.dimension,
    cost: (x) => problem.chi2(x),
    logPrior: (x) => prior.logDensity(x),
    drawPrior: (prng) => prior.draw(prng),
  };
}

/** Points of the middle rungs, far apart in time: descents from them find modes that the search missed. */
export function pickForQuench(rungs: readonly RungStatistics[], beta: number): Float64Array[] {
  const chosen = rungs.filter((rung) => rung.beta > beta / 3000 && rung.beta < beta / 3);
  return chosen.flatMap(({ samples }) =>
    [0.2, 0.6, 0.98].flatMap((share) => {
      const sample = samples[Math.floor(share * samples.length)];
      return sample === undefined ? [] : [sample];
    }),
  );
}
