import { createPrng } from "../../../core/prng.ts";
import type { EstimationProgress, ModelEstimate } from "../estimate/estimate.ts";
import { createEstimationProblem, type EstimationProblem } from "../estimate/estimation-problem.ts";
import type { CandidateModel, EstimationSpec } from "../estimate/estimation-spec.ts";
import { guessScales } from "../estimate/noise-scales.ts";
import type { Calculation } from "./calculation.ts";
import { planCalculations } from "./calculation-plan.ts";
import { sampleEmulated } from "./emulated-posterior.ts";

/** An estimate whose posterior was sampled on emulated curves, and what that did to it. */
export interface DearEstimate extends ModelEstimate {
  readonly emulation: {
    readonly calculations: number;
    /** What leaving one calculation out changes ln p by, median and 80th percentile. */
    readonly leaveOneOut_median: number;
    readonly leaveOneOut_80percent: number;
    /** False where the calculations ran out before the check was passed. */
    readonly isTrusted: boolean;
  };
}

/** Calculations chosen at once: the plan takes about a second. */
const BATCH = 8;
/** Calculations after which the answer is given as it stands, per coupling. */
export const CALCULATIONS_MAX_PER_COUPLING = 120;
/** Where the search usually ends and where the posterior is usually known, per coupling: for the remaining time. */
export const EXPECTED_PER_COUPLING = 75;

/**
 * Estimates a model whose forward calculations are dear (many spins; classical rings): some hundred calculations, each
 * with its derivatives, chosen by optimisation and descent; the posterior is sampled on curves emulated from them.
 * The same seed gives the same answer.
 */
export function estimateDearModel(
  spec: EstimationSpec,
  model: CandidateModel,
  onProgress: EstimationProgress = () => {},
): DearEstimate {
  const problem = createEstimationProblem(spec, model, spec.curves, guessScales(spec.curves));
  const seed = `${spec.seed}/${model.name}`;
  const n = problem.map.free.length;
  const most = CALCULATIONS_MAX_PER_COUPLING * n;
  const calculated: Calculation[] = [];
  const report = (stage: string): void =>
    onProgress(
      calculated.length,
      Math.max(EXPECTED_PER_COUPLING * n, calculated.length + BATCH),
      stage,
    );
  report("preparing");
  for (let round = 1; calculated.length < most; round++) {
    const plan = planCalculations({
      ...{ spec, problem, calculated, pending: [], failed: [], count: BATCH },
      calculations_max: most,
      design: createPrng(`${seed}/design`),
      prng: createPrng(`${seed}/plan ${round}`),
      posterior: () => sampleEmulated(spec, problem, calculated),
    });
    if (plan.points.length === 0) break;
    for (const { x } of plan.points) {
      report(plan.stage);
      calculated.push({ x, ...problem.predictWithSlopes(x) });
    }
  }
  report("sampling");
  return finish(spec, problem, calculated);
}

/** The estimate at full effort, with the calculations that were really made in its accounts. */
function finish(
  spec: EstimationSpec,
  problem: EstimationProblem,
  calculated: readonly Calculation[],
): DearEstimate {
  const { estimate, error, isTrusted } = sampleEmulated(spec, problem, calculated, {
    ...spec.effort,
    searchRounds: 1,
  });
  const chi2s = calculated.map((one) =>
    one.values.reduce(
      (sum, value, l) => sum + ((value - problem.values[l]!) / problem.scales[l]!) ** 2,
      0,
    ),
  );
  const best = Math.min(...chi2s);
  const total = calculated.length;
  return {
    ...estimate,
    problem: { ...estimate.problem, count: { total, withSlopes: total } },
    search: {
      ...estimate.search,
      evaluations: total,
      surveyEvaluations: 0,
      evaluationsToBest: chi2s.findIndex((chi2) => chi2 <= 1.1 * best) + 1,
    },
    emulation: {
      calculations: total,
      leaveOneOut_median: error.median,
      leaveOneOut_80percent: error.high,
      isTrusted,
    },
  };
}
