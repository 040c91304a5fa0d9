/** One bond of a term: the operator xy (Sx_i Sx_j + Sy_i Sy_j) + z Sz_i Sz_j. */
export interface TermBond {
  readonly i: number;
  readonly j: number;
  readonly xy: number;
  readonly z: number;
}

/** One term of the Hamiltonian, H = - sum_c J_c term_c: the bonds that share the coupling J_c. */
export interface Term {
  readonly bonds: readonly TermBond[];
}

/** A cluster of spins: the spin quantum number of each site and the terms that its couplings multiply. */
export interface SpinCluster {
  /** 1/2, 1, 3/2, ... per site. */
  readonly siteSpins: readonly number[];
  readonly terms: readonly Term[];
}

/** True where every bond has xy = z, so that the total spin is conserved. */
export function isIsotropic(cluster: SpinCluster): boolean {
  return cluster.terms.every((term) => term.bonds.every((bond) => bond.xy === bond.z));
}
