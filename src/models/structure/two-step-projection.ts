import { LabError } from "../../core/errors.ts";
import { type ThinSvd, thinSvd } from "../../numeric/thin-svd.ts";
import { firstColumns, multiply } from "./dense.ts";
import { localityDirections } from "./locality-projection.ts";
import { linkNeighbours } from "./neighbour-links.ts";

/** Step 1, shared by every middle dimension: the directions are nested. */
export interface FirstStep {
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  readonly svd: ThinSvd;
  /** Points in step-1 coordinates, rows x rank. */
  readonly coordinates: Float64Array;
  /** From left singular vectors to step-1 coordinates, rank x rank. */
  readonly directions: Float64Array;
  readonly graph: GraphSettings;
}

export interface GraphSettings {
  /** Neighbours of each point, k. */
  readonly neighbours: number;
  /** Width of the heat kernel; absent: all weights 1. */
  readonly sigma?: number | undefined;
}

/** A linear map of standardised descriptors to the final space, and the training rows there. */
export interface Projection {
  /** columns x components, row-major. */
  readonly map: Float64Array;
  /** rows x components. */
  readonly coordinates: Float64Array;
  readonly components: number;
}

/**
 * First step of TS-LPP on standardised rows: thin SVD, rank at relative tolerance 1e-7, k-nearest-neighbour graph in
 * the full space, LPP in the singular vectors' coordinates.
 * Throws TL-7012 where the rows hold too little (fewer than 3 rows, rank below 2).
 * Source: R. Tamura, M. Matsuda, J. Lin, Y. Futamura, T. Sakurai, T. Miyazaki, Phys. Rev. B 105, 075107 (2022).
 */
export function fitFirstStep(
  standardised: Float64Array,
  rows: number,
  columns: number,
  graph: GraphSettings,
): FirstStep {
  if (rows < 3)
    throw new LabError(
      "TL-7012",
      `A projection needs at least 3 training atoms, there are ${rows}`,
    );
  const svd = thinSvd(standardised, rows, columns);
  const { rank } = svd;
  if (rank < 2)
    throw new LabError(
      "TL-7012",
      "The training atoms are all alike: their descriptors span less than 2 dimensions",
    );
  // Distances in the principal coordinates are those of the standardised rows, in rank instead of columns terms.
  const principal = svd.left.slice();
  for (let i = 0; i < rows; i++)
    for (let r = 0; r < rank; r++) principal[i * rank + r]! *= svd.singular[r]!;
  const links = linkNeighbours(principal, rows, rank, graph.neighbours, graph.sigma);
  const directions = localityDirections(svd.left, rows, rank, links);
  const coordinates = multiply(svd.left, directions, { rows, inner: rank, columns: rank });
  return { rows, columns, rank, svd, coordinates, directions, graph };
}

/**
 * Second step: a new graph among the first `middle` step-1 coordinates, LPP to `components`.
 * The total map is A = V S^-1 B1 B2, so a new atom costs one matrix product.
 */
export function fitSecondStep(first: FirstStep, middle: number, components: number): Projection {
  const { rows, rank, columns, svd } = first;
  const inner = firstColumns(first.coordinates, rows, rank, middle);
  const links = linkNeighbours(inner, rows, middle, first.graph.neighbours, first.graph.sigma);
  const second = firstColumns(
    localityDirections(inner, rows, middle, links),
    middle,
    middle,
    components,
  );
  const both = multiply(firstColumns(first.directions, rank, rank, middle), second, {
    rows: rank,
    inner: middle,
    columns: components,
  });
  for (let r = 0; r < rank; r++)
    for (let c = 0; c < components; c++) both[r * components + c]! /= svd.singular[r]!;
  return {
    map: multiply(svd.right, both, { rows: columns, inner: rank, columns: components }),
    coordinates: multiply(inner, second, { rows, inner: middle, columns: components }),
    components,
  };
}

/** Principal components of standardised rows: the first right singular vectors. The peer of the two-step projection. */
export function principalProjection(svd: ThinSvd, rows: number, components: number): Projection {
  const { rank } = svd;
  const columns = svd.right.length / rank;
  const kept = Math.min(components, rank);
  const coordinates = firstColumns(svd.left, rows, rank, kept);
  for (let i = 0; i < rows; i++)
    for (let c = 0; c < kept; c++) coordinates[i * kept + c]! *= svd.singular[c]!;
  return { map: firstColumns(svd.right, columns, rank, kept), coordinates, components: kept };
}
