import { symmetricEigen } from "../../../numeric/symmetric-eigen.ts";
import type { ClusterBlocks } from "./cluster-blocks.ts";

/** Levels of one block and, where asked for, their derivatives by each coupling (levels x terms, row-major). */
export interface BlockLevels {
  readonly energies_meV: Float64Array;
  readonly slopes?: Float64Array;
  /** Number of states that each level stands for, where that is not one (sampling methods). */
  readonly weights?: Float64Array;
  readonly sectorFrom: number;
  readonly sectorTo: number;
}

/** All levels of a cluster at zero field. */
export interface ClusterSpectrum {
  readonly magnetisations: Float64Array;
  readonly siteCount: number;
  readonly termCount: number;
  readonly blocks: readonly BlockLevels[];
}

/**
 * Diagonalises H = sum_c J_c A_c block by block.
 *
 * @param couplings_meV J_c, one for each term
 * @param options `slopes: true` also gives dE_n/dJ_c = <n|A_c|n> (Hellmann-Feynman), at about three times the cost
 */
export function diagonaliseCluster(
  cluster: ClusterBlocks,
  couplings_meV: ArrayLike<number>,
  options: { readonly slopes?: boolean } = {},
): ClusterSpectrum {
  const slopes = options.slopes === true;
  const order_max = cluster.blocks.reduce((max, { order }) => Math.max(max, order), 0);
  const matrix = new Float64Array(order_max * order_max);
  const blocks = cluster.blocks.map((block): BlockLevels => {
    const { order, operators, sectorFrom, sectorTo } = block;
    assemble(operators, couplings_meV, order, matrix);
    const { values, vectors } = symmetricEigen(matrix, order, { vectors: slopes });
    if (vectors === undefined) return { energies_meV: values, sectorFrom, sectorTo };
    const own = expectations(operators, vectors, order);
    return { energies_meV: values, sectorFrom, sectorTo, slopes: own };
  });
  return {
    magnetisations: cluster.magnetisations,
    siteCount: cluster.siteSpins.length,
    termCount: cluster.termCount,
    blocks,
  };
}

/** sum_c J_c A_c into the lower triangle of `matrix`. */
function assemble(
  operators: readonly Float64Array[],
  couplings_meV: ArrayLike<number>,
  order: number,
  matrix: Float64Array,
): void {
  for (let at = 0; at < order * order; at++) matrix[at] = 0;
  for (let c = 0; c < operators.length; c++) {
    const coupling = couplings_meV[c]!;
    if (coupling === 0) continue;
    const operator = operators[c]!;
    for (let k = 0; k < order; k++) {
      for (let at = k * order; at <= k * order + k; at++)
        matrix[at] = matrix[at]! + coupling * operator[at]!;
    }
  }
}

/** <n|A_c|n> for every level n and term c. */
function expectations(
  operators: readonly Float64Array[],
  vectors: Float64Array,
  order: number,
): Float64Array {
  const terms = operators.length;
  const out = new Float64Array(order * terms);
  operators.forEach((operator, c) => {
    for (let n = 0; n < order; n++) {
      const at = n * order;
      let sum = 0;
      for (let k = 0; k < order; k++) {
        const row = k * order;
        let part = 0.5 * operator[row + k]! * vectors[at + k]!;
        for (let l = 0; l < k; l++) part += operator[row + l]! * vectors[at + l]!;
        sum += part * vectors[at + k]!;
      }
      out[n * terms + c] = 2 * sum;
    }
  });
  return out;
}
