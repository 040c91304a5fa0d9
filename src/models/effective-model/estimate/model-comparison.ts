import { type DearEstimate, estimateDearModel } from "../emulate/estimate-dear.ts";
import { costOf } from "../forward/cluster-cost.ts";
import { type EstimationProgress, estimateModel, type ModelEstimate } from "./estimate.ts";
import type { CandidateModel, EstimationSpec } from "./estimation-spec.ts";

/** How well one structure explains the data, its number of couplings weighed in. */
export interface EvidenceEntry {
  readonly model: string;
  /** ln p(data | model) at the model's own noise level, natural units. */
  readonly logEvidence: number;
  readonly error: number;
  /** Among the models given, all equally likely beforehand. */
  readonly probability: number;
  readonly couplings: number;
  readonly chi2: number;
  readonly sigma: number;
}

export interface Comparison {
  /** Best evidence first. */
  readonly estimates: readonly (ModelEstimate & Partial<DearEstimate>)[];
  readonly evidence: readonly EvidenceEntry[];
}

/** Multiply-adds of one diagonalisation (10 spins 1/2) from which tens of thousands of them are too many. */
const DEAR_OPERATIONS = 2e6;

/** True where an estimate calculates a few hundred times and foretells the rest. */
export function isDear(
  spec: Pick<EstimationSpec, "calculations" | "isClassical" | "siteSpins">,
  model: CandidateModel,
): boolean {
  if (spec.calculations !== "auto") return spec.calculations === "emulated";
  if (spec.isClassical) return true;
  const isotropic = model.bonds.every((bond) => bond.delta === 1 && bond.zCoupling === undefined);
  return costOf(spec.siteSpins, 1, isotropic).operations > DEAR_OPERATIONS;
}

/** Estimates every model of the specification and ranks them by evidence. */
export function compareModels(
  spec: EstimationSpec,
  onProgress: EstimationProgress = () => {},
): Comparison {
  const count = spec.models.length;
  const estimates = spec.models
    .map((model, k) => {
      const estimateOne = isDear(spec, model) ? estimateDearModel : estimateModel;
      return estimateOne(spec, model, (done, total, stage) =>
        onProgress(k * total + done, count * total, count > 1 ? `${model.name}: ${stage}` : stage),
      );
    })
    .sort((a, b) => a.evidence.F - b.evidence.F);
  const best = estimates[0]?.evidence.F ?? 0;
  const weights = estimates.map((estimate) => Math.exp(best - estimate.evidence.F));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    estimates,
    evidence: estimates.map((estimate, k) => ({
      model: estimate.problem.model.name,
      logEvidence: -estimate.evidence.F,
      error: estimate.evidence.error,
      probability: (weights[k] ?? 0) / total,
      couplings: estimate.problem.map.free.length,
      chi2: estimate.modes[0]?.chi2 ?? Number.NaN,
      sigma: estimate.evidence.sigma,
    })),
  };
}
