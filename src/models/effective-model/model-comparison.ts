import { type EstimationProgress, estimateModel, type ModelEstimate } from "./estimate.ts";
import type { EstimationSpec } from "./estimation-spec.ts";

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
  readonly estimates: readonly ModelEstimate[];
  readonly evidence: readonly EvidenceEntry[];
}

/** Estimates every model of the specification and ranks them by evidence. */
export function compareModels(
  spec: EstimationSpec,
  onProgress: EstimationProgress = () => {},
): Comparison {
  const count = spec.models.length;
  const estimates = spec.models
    .map((model, k) =>
      estimateModel(spec, model, (done, total, stage) =>
        onProgress(k * total + done, count * total, count > 1 ? `${model.name}: ${stage}` : stage),
      ),
    )
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
