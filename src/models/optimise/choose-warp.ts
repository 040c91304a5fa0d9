import type { Prng } from "../../core/prng.ts";
import { fitHyperparameters } from "./fit-hyperparameters.ts";
import type { HyperPrior, Hyperparameters } from "./hyperparameters.ts";
import type { KernelKind } from "./kernel.ts";
import { NO_WARP, type OutputWarp } from "./output-scale.ts";
import { createTrainingSet, type TrainingRow } from "./training-set.ts";

const WIDTHS = [0.1, 0.01, 0.001];
const WARPS: readonly OutputWarp[] = (["low", "high"] as const).flatMap((side) =>
  WIDTHS.map((width) => ({ side, width })),
);
/** Log evidence by which a bend must beat the plain scale. */
const EVIDENCE_min = 2;
/** Likelihood calls of one trial. */
const CALLS = 12;
/** With fewer different values than this share, equal ones would reward any bend that is steep there. */
const DISTINCT_min = 0.8;

export interface WarpRequest {
  readonly rows: readonly TrainingRow[];
  readonly groups: Int32Array;
  readonly kind: KernelKind;
  readonly prior?: HyperPrior | undefined;
  readonly warm?: Hyperparameters | undefined;
  readonly prng: Prng;
}

/**
 * The bend of the values that makes them likeliest under a Gaussian process: the log evidence of the bent values plus the logarithm of the
 * bend's slope at each result (change of variables), at hyperparameters that a few steps reach (E. Snelson et al., NIPS 2003, warped
 * Gaussian processes, with the warp from a short list).
 */
export function chooseWarp(request: WarpRequest): OutputWarp {
  const { rows } = request;
  const distinct = new Set(rows.map((row) => row.value)).size;
  if (distinct < DISTINCT_min * rows.length) return NO_WARP;
  let best = NO_WARP;
  let least = costOf(NO_WARP, request) - EVIDENCE_min;
  for (const warp of WARPS) {
    const cost = costOf(warp, request);
    if (cost < least) {
      best = warp;
      least = cost;
    }
  }
  return best;
}

function costOf(warp: OutputWarp, { rows, groups, kind, prior, warm, prng }: WarpRequest): number {
  const data = createTrainingSet(rows, groups.length, warp);
  const fit = fitHyperparameters({ data, groups, kind, prior, warm, prng, calls_max: CALLS });
  const slopes = rows.reduce((sum, row) => sum + Math.log(data.output.slopeAt(row.value)), 0);
  return fit.value - slopes;
}
