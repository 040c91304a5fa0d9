import type { Calculation } from "../../models/effective-model/emulate/calculation.ts";
import type { EstimationProblem } from "../../models/effective-model/estimate/estimation-problem.ts";
import type { EstimationSpec } from "../../models/effective-model/estimate/estimation-spec.ts";

/** One result that was learnt. */
export interface LearntCalculation extends Calculation {
  /** As proposed: results of a batch come in any order, and the same batch must teach the same. */
  readonly order: number;
  readonly gap_meV: number | undefined;
}

/** What such a planner works on. */
export interface ForwardStudy {
  readonly spec: EstimationSpec;
  readonly problem: EstimationProblem;
}
