import { createPrng, type Prng } from "../../src/core/prng.ts";
import {
  createEstimationProblem,
  type EstimationProblem,
} from "../../src/models/effective-model/estimate/estimation-problem.ts";
import { readEstimationSpec } from "../../src/models/effective-model/estimate/estimation-spec.ts";
import {
  type SearchOptions,
  searchModes,
} from "../../src/models/effective-model/estimate/mode-search.ts";
import { descend } from "../../src/numeric/levenberg-marquardt.ts";
import { type NoisyTask, noisySpec } from "./effective-model-estimates.ts";

/** Where a search that has not got there gives up. */
const EVALUATIONS_MAX = 6000;
/** Of the reference: 1.1 times the best chi^2. */
const GOAL = 1.1 * 0.0025504133;

/** Forward calculations until chi^2 is first within 1.1 x the best, for ours and for its peers. */
export function compareSearches(task: NoisyTask, seeds: number): void {
  const spec = readEstimationSpec(noisySpec(task));
  const noise = { scales: new Float64Array(145).fill(1), known: false };
  const problem = createEstimationProblem(spec, spec.models[0]!, spec.curves, noise);
  const searches: [string, (prng: Prng) => number][] = [
    ["ours: space-filling screen, race of descents", (prng) => untilRace(problem, prng, {})],
    [
      "ours with Bayesian optimisation of ln chi2 as screen",
      (prng) => untilRace(problem, prng, { screen: "surrogate" }),
    ],
    [
      "multistart, exact derivatives (starts in +-12)",
      (prng) => untilMultistart(problem, prng, false),
    ],
    [
      "multistart, finite differences (starts in +-12)",
      (prng) => untilMultistart(problem, prng, true),
    ],
    ["random search", (prng) => untilRandom(problem, prng)],
  ];
  for (const [name, search] of searches) {
    const counts = Array.from({ length: seeds }, (_, seed) => search(createPrng(`search ${seed}`)));
    counts.sort((a, b) => a - b);
    const reached = counts.filter((count) => count < EVALUATIONS_MAX).length;
    const text = (count: number | undefined): string =>
      count === undefined || count >= EVALUATIONS_MAX ? `> ${EVALUATIONS_MAX}` : String(count);
    console.log(
      `${name}: forward calculations to 1.1 x the best chi2: median ${text(counts[seeds >> 1])}, worst ${text(counts.at(-1))}, reached ${reached}/${seeds}`,
    );
  }
  console.log("  (reach: 1/5 of multistart's 10 x 142 = 284)");
}

/** Rounds of the race until one gets there: a miss costs its whole round. */
function untilRace(problem: EstimationProblem, prng: Prng, options: SearchOptions): number {
  let spent = 0;
  for (let round = 0; spent < EVALUATIONS_MAX; round++) {
    const result = searchModes(problem, prng.derive(`round ${round}`), options);
    if ((result.optima[0]?.chi2 ?? 1) <= GOAL) return spent + result.evaluationsToBest;
    spent += result.evaluations;
  }
  return EVALUATIONS_MAX;
}

function untilMultistart(problem: EstimationProblem, prng: Prng, differences: boolean): number {
  let spent = 0;
  let reachedAt = 0;
  const n = problem.map.free.length;
  const least = problem.leastSquares(0);
  const price = differences ? n + 1 : 1;
  const evaluate = (x: Float64Array) => {
    const found = least.evaluate(x);
    spent += price;
    if (reachedAt === 0 && found.values.reduce((sum, r) => sum + r * r, 0) <= GOAL)
      reachedAt = spent;
    return found;
  };
  while (reachedAt === 0 && spent < EVALUATIONS_MAX) {
    const start = Float64Array.from({ length: n }, () => 12 * (2 * prng.next() - 1));
    descend({ ...least, evaluate }, start, { evaluations_max: 60, fall_min: 1e-6 });
  }
  return reachedAt === 0 ? EVALUATIONS_MAX : reachedAt;
}

function untilRandom(problem: EstimationProblem, prng: Prng): number {
  const n = problem.map.free.length;
  for (let spent = 1; spent < EVALUATIONS_MAX; spent++) {
    if (problem.chi2(Float64Array.from({ length: n }, () => 12 * (2 * prng.next() - 1))) <= GOAL)
      return spent;
  }
  return EVALUATIONS_MAX;
}
