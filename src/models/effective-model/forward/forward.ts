import { buildClusterBlocks } from "./cluster-blocks.ts";
import { diagonaliseCluster } from "./cluster-spectrum.ts";
import { solveByLanczos } from "./forward-lanczos.ts";
import type { ForwardResult } from "./forward-result.ts";
import { asOneTerm, type ForwardSpec } from "./forward-spec.ts";
import { findGroundState } from "./ground-state.ts";
import { evaluateThermalState, type ThermalState } from "./observables.ts";
import { pairCorrelations } from "./pair-correlations.ts";
import { sumThermally } from "./thermal-sums.ts";

/** Full diagonalisation: exact to rounding. */
function solveExactly(spec: ForwardSpec): ForwardResult {
  const blocks = buildClusterBlocks(asOneTerm(spec));
  const spectrum = diagonaliseCluster(blocks, [1]);
  const scale = {
    magnetisations: spectrum.magnetisations,
    siteCount: spectrum.siteCount,
    g: spec.g,
  };
  const zeroField: ThermalState[] = [];
  const magnetisation: number[][] = [];
  for (const temperature of spec.temperatures_K) {
    const sums = sumThermally(spectrum, temperature);
    zeroField.push(evaluateThermalState(sums, scale, 0));
    magnetisation.push(
      spec.fields_T.map((field) => evaluateThermalState(sums, scale, field).magnetisation),
    );
  }
  return {
    ...findGroundState(spectrum, spec.g),
    T: spec.temperatures_K,
    H: spec.fields_T,
    magnetisation,
    specificHeat_kB: zeroField.map((state) => state.specificHeat_kB),
    susceptibility: zeroField.map((state) => state.susceptibility),
    energy_meV: zeroField.map((state) => state.energy_meV),
    entropy_kB: zeroField.map((state) => state.entropy_kB),
    ...(spec.correlations ? { correlations: pairCorrelations(spec) } : {}),
    method: "exact",
  };
}

/** Solves by the method of the specification; `onProgress` is told how much of a long one is done. */
export function solveForward(
  spec: ForwardSpec,
  onProgress: (done: number, total: number) => void = () => {},
): ForwardResult {
  return spec.method === "exact" ? solveExactly(spec) : solveByLanczos(spec, onProgress);
}
