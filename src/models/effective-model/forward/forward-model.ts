import { buildClusterBlocks, type ClusterBlocks } from "./cluster-blocks.ts";
import { costOf, isDiagonalisable } from "./cluster-cost.ts";
import { diagonaliseCluster } from "./cluster-spectrum.ts";
import {
  type CurvePredictor,
  createCurvePredictor,
  type LevelSource,
  type MeasuringPoint,
} from "./curve-predictor.ts";
import { findGroundState, type GroundState } from "./ground-state.ts";
import { sampledModel } from "./sampled-model.ts";
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

/**
 * Quantum spins: exact diagonalisation where it fits (the cluster is prepared, seconds from 13 spins on, when it is
 * first needed), else finite-temperature Lanczos on the same random vectors for all couplings.
 */
export function quantumModel(spins: SpinCluster, g: number): ForwardModel {
  const { siteSpins, terms } = spins;
  const isotropic = isIsotropic(spins);
  if (!isDiagonalisable(siteSpins, terms.length, isotropic)) return sampledModel(spins, g);
  let prepared: ClusterBlocks | undefined;
  const cluster = (): ClusterBlocks => {
    prepared ??= buildClusterBlocks(spins);
    return prepared;
  };
  return {
    siteCount: siteSpins.length,
    operations: costOf(siteSpins, 1, isotropic).operations,
    predictorAt: (points) => {
      const { magnetisations, termCount } = cluster();
      const levels: LevelSource["levels"] = (couplings, options) =>
        diagonaliseCluster(cluster(), couplings, options);
      const source = { magnetisations, siteCount: siteSpins.length, termCount, levels };
      return createCurvePredictor(source, g, points);
    },
    groundState: (couplings) => findGroundState(diagonaliseCluster(cluster(), couplings), g),
  };
}
