import type { ModelEstimate } from "../models/effective-model/estimate.ts";
import type { EstimateSummary } from "../models/effective-model/estimate-summary.ts";
import type { EstimationSpec } from "../models/effective-model/estimation-spec.ts";
import type { EvidenceEntry } from "../models/effective-model/model-comparison.ts";
export interface ReportInput {
  readonly spec: EstimationSpec;
  readonly estimate: ModelEstimate;
  readonly summary: EstimateSummary;
  readonly evidence: readonly EvidenceEntry[];
}
export function renderEstimateReport(_input: ReportInput): string {
  return "";
}
