import { buildClusterBlocks, type ClusterBlocks } from "./cluster-blocks.ts";
import { costOf, isDiagonalisable } from "./cluster-cost.ts";
import { diagonaliseCluster } from "./cluster-spectrum.ts";
import { createCurvePredictor, type LevelSource } from "./curve-predictor.ts";
import type { ForwardModel } from "./forward-model.ts";
import { findGroundState } from "./ground-state.ts";
import { sampledModel } from "./sampled-model.ts";
import { isIsotropic, type SpinCluster } from "./spin-cluster.ts";

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
