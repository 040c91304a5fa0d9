import { buildClusterBlocks } from "./cluster-blocks.ts";
import { diagonaliseCluster } from "./cluster-spectrum.ts";
import { asOneTerm, type ForwardSpec } from "./forward-spec.ts";
import { sumThermally, type ThermalSums } from "./thermal-sums.ts";

/** <S_i.S_j> of one pair. */
export interface PairCorrelation {
  readonly i: number;
  readonly j: number;
  /** In the ground state (mean over a degenerate one). */
  readonly groundState: number;
  /** At each temperature, zero field. */
  readonly thermal: readonly number[];
}

/** Low enough that only the ground level counts, relative to the energy scale. */
const COLD_SHARE = 1e-7;

/**
 * <S_i.S_j> of every pair at zero field: the pair operator joins the Hamiltonian as a term with coupling 0, and its
 * mean is minus the mean of dE/dJ (Hellmann-Feynman).
 */
export function pairCorrelations(spec: ForwardSpec): PairCorrelation[] {
  const base = asOneTerm(spec);
  const sites = spec.siteSpins.length;
  const pairs = Array.from({ length: sites }, (_, i) =>
    Array.from({ length: sites - i - 1 }, (_unused, k) => ({ i, j: i + 1 + k })),
  ).flat();
  const cluster = {
    siteSpins: spec.siteSpins,
    terms: [...base.terms, ...pairs.map((pair) => ({ bonds: [{ ...pair, xy: 1, z: 1 }] }))],
  };
  const couplings = new Float64Array(cluster.terms.length);
  couplings[0] = 1;
  const spectrum = diagonaliseCluster(buildClusterBlocks(cluster), couplings, { slopes: true });
  const scale = Math.max(...spec.bonds.map((bond) => Math.abs(bond.J_meV ?? 0)), 1e-9);
  const cold = sumThermally(spectrum, scale * COLD_SHARE * 11.6);
  const sums = spec.temperatures_K.map((temperature) => sumThermally(spectrum, temperature));
  const meanOf = (thermal: ThermalSums, term: number): number =>
    -meanSlope(thermal, spectrum.magnetisations, term);
  return pairs.map((pair, k) => ({
    ...pair,
    groundState: meanOf(cold, k + 1),
    thermal: sums.map((thermal) => meanOf(thermal, k + 1)),
  }));
}

/** Mean of dE/dJ over all levels, +M and -M, zero field. */
function meanSlope(sums: ThermalSums, magnetisations: Float64Array, term: number): number {
  const max = Math.max(...sums.logWeight);
  let total = 0;
  let mean = 0;
  magnetisations.forEach((m, k) => {
    const w = (m > 0 ? 2 : 1) * Math.exp(sums.logWeight[k]! - max);
    total += w;
    mean += w * sums.slope[0][k * sums.termCount + term]!;
  });
  return mean / total;
}
