import { buildClusterBlocks, type ClusterBlocks } from "./cluster-blocks.ts";
import { costOf } from "./cluster-cost.ts";
import { diagonaliseCluster } from "./cluster-spectrum.ts";
import {
  type CurvePredictor,
  createCurvePredictor,
  type MeasuringPoint,
} from "./curve-predictor.ts";
import { findGroundState, type GroundState } from "./ground-state.ts";
import { isIsotropic, type SpinCluster } from "./spin-cluster.ts";

/** The physics behind an estimation: what couplings (one for each term) give. Prepared once, asked often. */
export interface ForwardModel {
  readonly siteCount: number;
  /** Multiply-adds of one calculation, roughly: decides what is affordable. */
  readonly operations: number;
  predictorAt(points: readonly MeasuringPoint[]): CurvePredictor;
  /** Gap and steps at T = 0; absent where spins are classical. */
  readonly groundState?: (couplings_meV: Float64Array) => GroundState;
}

/** Quantum spins by exact diagonalisation; the cluster is prepared (seconds from 13 spins on) when it is first needed. */
export function quantumModel(spins: SpinCluster, g: number): ForwardModel {
  let prepared: ClusterBlocks | undefined;
  const cluster = (): ClusterBlocks => {
    prepared ??= buildClusterBlocks(spins);
    return prepared;
  };
  return {
    siteCount: spins.siteSpins.length,
    operations: costOf(spins.siteSpins, 1, isIsotropic(spins)).operations,
    predictorAt: (points) => createCurvePredictor(cluster(), g, points),
    groundState: (couplings) => findGroundState(diagonaliseCluster(cluster(), couplings), g),
  };
}
