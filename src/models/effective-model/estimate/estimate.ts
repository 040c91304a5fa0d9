import { createPrng, type Prng } from "../../../core/prng.ts";
import type { RungStatistics } from "../../../numeric/exchange-sampler.ts";
import type { Descent } from "../../../numeric/levenberg-marquardt.ts";
import { type CouplingPrior, createCouplingPrior } from "./coupling-prior.ts";
import { type Elbow, findElbow } from "./elbow.ts";
import {
  createEstimationProblem,
  type EstimationProblem,
  emulateProblem,
  type FreePredictor,
  renewProblem,
} from "./estimation-problem.ts";
import type { CandidateModel, EstimationSpec } from "./estimation-spec.ts";
import { type FreeEnergyPoint, integrateFreeEnergy, minimiseFreeEnergy } from "./free-energy.ts";
import {
  descendFrom,
  distinctOptima,
  minimaFrom,
  type SearchResult,
  searchModes,
} from "./mode-search.ts";
import { guessScales, type NoiseScales, refineScales } from "./noise-scales.ts";
import { approximateMode, type PosteriorMode } from "./posterior-modes.ts";
import {
  pickForQuench,
  posteriorSteps,
  sampleLadder,
  samplePosterior,
} from "./posterior-sampling.ts";

/** Told how far an estimation is: steps of a common total. */
export type EstimationProgress = (done: number, total: number, stage: string) => void;

/** Everything that is known about one model after its estimation; {@link summariseEstimate} makes the figures. */
export interface ModelEstimate {
  readonly problem: EstimationProblem;
  readonly prior: CouplingPrior;
  readonly noise: NoiseScales;
  readonly search: SearchResult;
  readonly elbow: Elbow | undefined;
  /** beta = 1/(2 sigma^2) of the posterior, sigma in units of the scales. */
  readonly beta: number;
  readonly freeEnergy: readonly FreeEnergyPoint[];
  /** F at the posterior's beta: minus the log evidence. */
  readonly evidence: FreeEnergyPoint;
  readonly modes: readonly PosteriorMode[];
  readonly samples: readonly Float64Array[];
  readonly rungs: readonly RungStatistics[];
  /** Best fit without a prior, for what the data alone say. */
  readonly likelihoodOptimum: Descent;
}

/** What takes the place of forward calculations where these are dear. */
export interface Emulation {
  readonly problem: EstimationProblem;
  readonly emulator: FreePredictor;
  /** Points worth a descent besides the search's own. */
  readonly starts: readonly Float64Array[];
}

/** Rounds of refitting the noise levels of several quantities. */
const SCALE_ROUNDS = 3;

/** Estimates one model; the same seed gives the same answer. With an `emulation` nothing is calculated. */
export function estimateModel(
  spec: EstimationSpec,
  model: CandidateModel,
  onProgress: EstimationProgress = () => {},
  emulation?: Emulation,
): ModelEstimate {
  const prng = createPrng(`${spec.seed}/${model.name}`);
  const { sweeps, samples: steps } = spec.effort;
  const report = progressOf(sweeps, steps, onProgress);
  const start = guessScales(spec.curves);
  let problem =
    emulation === undefined
      ? createEstimationProblem(spec, model, spec.curves, start)
      : emulateProblem(emulation.problem, emulation.emulator, spec.curves, start);
  report("search", 0);
  const search = searchInRounds(spec, problem, prng, emulation?.starts ?? []);
  const { noise, problem: scaled, optima } = settleScales(spec, problem, start, search);
  problem = scaled;
  const best = optima[0]!;
  const beta0 = noise.known
    ? 0.5
    : Math.max(1, problem.values.length - problem.map.free.length) / (2 * best.chi2);
  report("prior", 0);
  const { elbow, lambda } = settlePrior(spec, problem, optima, beta0);
  const prior = priorOf(problem, lambda);
  const followed = follow(problem, optima, lambda / beta0);
  const rungs = sampleLadder(
    problem,
    prior,
    followed,
    { beta: beta0, sweeps, onSweep: (k) => report("exchange Monte Carlo", k) },
    prng.derive("ladder"),
  );
  const logScales = problem.scales.reduce((sum, scale) => sum + Math.log(scale), 0);
  const freeEnergy = integrateFreeEnergy(rungs, problem.values.length, logScales);
  const evidence = pickEvidence(freeEnergy, problem.values.length, noise.known);
  const beta = evidence.beta;
  const ends = [...followed.map((end) => end.x), ...pickForQuench(rungs, beta)];
  const modes = findModes(problem, prior, ends, beta);
  const samples = samplePosterior(
    problem,
    prior,
    rungs,
    { beta, steps, onStep: (k) => report("posterior", sweeps + k) },
    prng.derive("posterior"),
  );
  const likelihoodOptimum = descendFrom(problem, [modes[0]!.x, best.x], 0).reduce((a, b) =>
    b.objective < a.objective ? b : a,
  );
  return {
    ...{ problem, prior, noise, search, elbow, beta, freeEnergy, evidence },
    ...{ modes, samples, rungs, likelihoodOptimum },
  };
}

function progressOf(sweeps: number, steps: number, onProgress: EstimationProgress) {
  // a sweep costs about 30 forward calculations, a step of the final chains one
  const total = sweeps + posteriorSteps(steps) / 30;
  return (stage: string, k: number): void =>
    onProgress(Math.min(total, k <= sweeps ? k : sweeps + (k - sweeps) / 30), total, stage);
}

function searchInRounds(
  spec: EstimationSpec,
  problem: EstimationProblem,
  prng: Prng,
  starts: readonly Float64Array[],
): SearchResult {
  const count = spec.effort.searchRounds;
  const rounds = Array.from({ length: count }, (_, k) =>
    searchModes(problem, prng.derive(`search ${k}`), { screen: spec.search }),
  );
  const optima = distinctOptima(problem, [
    ...rounds.flatMap((round) => round.optima),
    ...descendFrom(problem, starts, 0),
  ]);
  const best = optima[0]?.chi2 ?? Infinity;
  let spent = 0;
  let evaluationsToBest = 0;
  for (const round of rounds) {
    if (evaluationsToBest === 0 && (round.optima[0]?.chi2 ?? Infinity) <= 1.1 * best)
      evaluationsToBest = spent + round.evaluationsToBest;
    spent += round.evaluations;
  }
  const surveyEvaluations = rounds.reduce((sum, round) => sum + round.surveyEvaluations, 0);
  return { optima, evaluations: spent, evaluationsToBest, surveyEvaluations };
}

/** Noise levels of several quantities: from the residuals of the best fit, which is then fitted again. */
function settleScales(
  spec: EstimationSpec,
  problem: EstimationProblem,
  start: NoiseScales,
  search: SearchResult,
): { noise: NoiseScales; problem: EstimationProblem; optima: readonly Descent[] } {
  let noise = start;
  let present = problem;
  let optima = search.optima;
  for (let round = 0; round < SCALE_ROUNDS && start.unknown.length > 0; round++) {
    const best = optima[0]!.x;
    const found = present.predict(best);
    const residuals = found.map((v, l) => (v - present.values[l]!) / present.scales[l]!);
    noise = refineScales(spec.curves, noise, residuals, present.map.free.length);
    present = renewProblem(present, spec.curves, noise);
    const starts = optima.map((optimum) => optimum.x);
    optima = distinctOptima(present, descendFrom(present, starts, 0));
  }
  return { noise, problem: present, optima };
}

/** lambda as given, or c of the elbow at the noise level of the best fit. */
function settlePrior(
  spec: EstimationSpec,
  problem: EstimationProblem,
  optima: readonly Descent[],
  beta0: number,
): { elbow: Elbow | undefined; lambda: number } {
  if (problem.map.priors.every((kind) => kind === "none")) return { elbow: undefined, lambda: 0 };
  const elbow = findElbow(problem, optima, (x) => priorOf(problem, 1).penalty(x));
  if (spec.lambda !== undefined) return { elbow, lambda: spec.lambda };
  return { elbow, lambda: (elbow.points[elbow.at]?.strength ?? 0) * beta0 };
}

function priorOf(problem: EstimationProblem, lambda: number): CouplingPrior {
  const { priors, low, high } = problem.map;
  return createCouplingPrior({ kinds: priors, low, high, lambda });
}

function follow(
  problem: EstimationProblem,
  optima: readonly Descent[],
  strength: number,
): readonly Descent[] {
  if (strength === 0) return optima;
  const starts = optima.map((optimum) => optimum.x);
  return distinctOptima(problem, descendFrom(problem, starts, strength));
}

/** Where every sigma is known beta is 1/2 and F is read there; else at the minimum of F. */
function pickEvidence(
  freeEnergy: readonly FreeEnergyPoint[],
  pointCount: number,
  known: boolean,
): FreeEnergyPoint {
  if (!known) return minimiseFreeEnergy(freeEnergy, pointCount)!;
  const [nearest] = [...freeEnergy].sort(
    (a, b) => Math.abs(Math.log(2 * a.beta)) - Math.abs(Math.log(2 * b.beta)),
  );
  // the ladder has a rung within 15 % of 1/2; F is stationary to first order there only if sigma is right
  const slope = nearest!.meanChi2 - pointCount / (2 * nearest!.beta);
  return { ...nearest!, beta: 0.5, sigma: 1, F: nearest!.F + slope * (0.5 - nearest!.beta) };
}

function findModes(
  problem: EstimationProblem,
  prior: CouplingPrior,
  starts: readonly Float64Array[],
  beta: number,
): PosteriorMode[] {
  const ends = minimaFrom(problem, starts, prior.lambda / beta);
  return ends.map((end) => approximateMode(end, beta, prior)).sort((a, b) => a.energy - b.energy);
}
