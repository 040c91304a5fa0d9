import { assert } from "../../../core/assert.ts";
import type { BasisRows } from "./basis-rows.ts";
import {
  fromDenseRows,
  permuteState,
  splitByParity,
  symmetriseProductStates,
} from "./basis-rows.ts";
import { findCommutingInvolutions } from "./cluster-symmetry.ts";
import { buildMultipletBases } from "./multiplet-basis.ts";
import type { ProductSector, ProductSpace } from "./product-basis.ts";
import { createProductSpace, listSectors, positionsInSectors } from "./product-basis.ts";
import { buildSparseTerm, multiplySparse } from "./sparse-term.ts";
import { isIsotropic, type SpinCluster } from "./spin-cluster.ts";

/** One block of the Hamiltonian, H_block = sum_c J_c operators[c]: every level has the same magnetisations. */
export interface ClusterBlock {
  readonly order: number;
  /** Row-major order x order, one for each term; the minus sign of H is included. */
  readonly operators: readonly Float64Array[];
  /** Indices k of the magnetisations |M| = magnetisations[k] at which each level of the block occurs. */
  readonly sectorFrom: number;
  readonly sectorTo: number;
}

/** A cluster prepared for diagonalisation at any couplings. */
export interface ClusterBlocks {
  readonly siteSpins: readonly number[];
  readonly termCount: number;
  /** The values |M|, ascending: 0, 1, 2, ... or 1/2, 3/2, ... */
  readonly magnetisations: Float64Array;
  readonly blocks: readonly ClusterBlock[];
  /** Parity symmetries that were used. */
  readonly symmetries: number;
}

/**
 * Prepares a cluster: blocks by total spin where every bond is isotropic (else by magnetisation), each split by the
 * parities of commuting site permutations (and of the spin flip at M = 0). Done once; then a change of couplings
 * costs one weighted sum of small dense matrices.
 */
export function buildClusterBlocks(cluster: SpinCluster): ClusterBlocks {
  const space = createProductSpace(cluster.siteSpins);
  const sectors = listSectors(space);
  const positions = positionsInSectors(space, sectors);
  const involutions = findCommutingInvolutions(cluster);
  const first = (space.levelSum_max % 2) / 2;
  const sectorCount = Math.floor(space.levelSum_max / 2) + 1;
  const context: Context = { cluster, space, positions, involutions };
  const blocks = isIsotropic(cluster)
    ? buildMultipletBlocks(context, first)
    : buildMagnetisationBlocks(context, sectors, sectorCount);
  return {
    siteSpins: cluster.siteSpins,
    termCount: cluster.terms.length,
    magnetisations: Float64Array.from({ length: sectorCount }, (_, k) => k + first),
    blocks,
    symmetries: involutions.length,
  };
}

interface Context {
  readonly cluster: SpinCluster;
  readonly space: ProductSpace;
  readonly positions: Int32Array;
  readonly involutions: readonly Int32Array[];
}

function buildMultipletBlocks(context: Context, first: number): ClusterBlock[] {
  return buildMultipletBases(context.cluster.siteSpins).flatMap((basis) => {
    const { sector } = basis;
    let parts = [{ rows: basis.rows, count: basis.count }];
    for (const map of context.involutions) {
      const images = imagesOf(context, sector, (state) => permuteState(context.space, map, state));
      parts = parts.flatMap((part) => splitByParity(part.rows, part.count, images));
    }
    const sectorTo = Math.round(basis.totalSpin - first);
    return parts.map(({ rows, count }) =>
      projectTerms(context, sector, fromDenseRows(rows, count, sector.states.length), 0, sectorTo),
    );
  });
}

function buildMagnetisationBlocks(
  context: Context,
  sectors: readonly ProductSector[],
  sectorCount: number,
): ClusterBlock[] {
  const { space } = context;
  return Array.from({ length: sectorCount }, (_, k) => k).flatMap((k) => {
    const sector = sectors[Math.ceil(space.levelSum_max / 2) + k];
    assert(sector !== undefined, "a magnetisation has no sector");
    const images = context.involutions.map((map) =>
      imagesOf(context, sector, (state) => permuteState(space, map, state)),
    );
    // every digit counted from the top: the flip of all spins, a symmetry of the sector M = 0 only
    if (2 * sector.levelSum === space.levelSum_max)
      images.push(imagesOf(context, sector, (state) => space.dimension - 1 - state));
    return symmetriseProductStates(sector.states.length, images).map((basis) =>
      projectTerms(context, sector, basis, k, k),
    );
  });
}

function imagesOf(
  context: Context,
  sector: ProductSector,
  image: (state: number) => number,
): Int32Array {
  return sector.states.map((state) => context.positions[image(state)]!);
}

function projectTerms(
  context: Context,
  sector: ProductSector,
  basis: BasisRows,
  sectorFrom: number,
  sectorTo: number,
): ClusterBlock {
  const operators = context.cluster.terms.map((term) => {
    const sparse = buildSparseTerm({
      space: context.space,
      sector,
      positions: context.positions,
      bonds: term.bonds,
      weights: new Float64Array(term.bonds.length).fill(1),
    });
    const { count, starts, columns, values } = basis;
    const operator = new Float64Array(count * count);
    const vector = new Float64Array(sparse.order);
    const image = new Float64Array(sparse.order);
    for (let k = 0; k < count; k++) {
      vector.fill(0);
      for (let e = starts[k]!; e < starts[k + 1]!; e++) vector[columns[e]!] = values[e]!;
      multiplySparse(sparse, vector, image);
      for (let l = 0; l <= k; l++) {
        let sum = 0;
        for (let e = starts[l]!; e < starts[l + 1]!; e++) sum += values[e]! * image[columns[e]!]!;
        operator[k * count + l] = sum;
        operator[l * count + k] = sum;
      }
    }
    return operator;
  });
  return { order: basis.count, operators, sectorFrom, sectorTo };
}
