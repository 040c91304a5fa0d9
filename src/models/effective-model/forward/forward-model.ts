import type { CurvePredictor, MeasuringPoint } from "./curve-predictor.ts";
import type { GroundState } from "./ground-state.ts";

/** The physics behind an estimation: what couplings (one for each term) give. Prepared once, asked often. */
export interface ForwardModel {
  readonly siteCount: number;
  /** Multiply-adds of one calculation, roughly: decides what is affordable. */
  readonly operations: number;
  predictorAt(points: readonly MeasuringPoint[]): CurvePredictor;
  /** Gap and steps at T = 0; absent where spins are classical. */
  readonly groundState?: (couplings_meV: Float64Array) => GroundState;
}
