import { buildClusterBlocks } from "./cluster-blocks.ts";
import { diagonaliseCluster } from "./cluster-spectrum.ts";
import {
  type CurvePredictor,
  createCurvePredictor,
  type MeasuringPoint,
} from "./curve-predictor.ts";
import { findGroundState, type GroundState } from "./ground-state.ts";
import type { SpinCluster } from "./spin-cluster.ts";

/** The physics behind an estimation: what couplings (one for each term) give. Prepared once, asked often. */
export interface ForwardModel {
  readonly siteCount: number;
  /** Multiply-adds of one calculation, roughly: decides what is affordable. */
  readonly operations: number;
  predictorAt(points: readonly MeasuringPoint[]): CurvePredictor;
  /** Gap and steps at T = 0; absent where spins are classical. */
  readonly groundState?: (couplings_meV: Float64Array) => GroundState;
}

/** Quantum spins by exact diagonalisation. */
export function quantumModel(spins: SpinCluster, g: number): ForwardModel {
  const cluster = buildClusterBlocks(spins);
  return {
    siteCount: spins.siteSpins.length,
    operations: cluster.blocks.reduce((sum, { order }) => sum + (4 / 3) * order ** 3, 0),
    predictorAt: (points) => createCurvePredictor(cluster, g, points),
    groundState: (couplings) => findGroundState(diagonaliseCluster(cluster, couplings), g),
  };
}
