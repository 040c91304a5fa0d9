import { LabError } from "../../core/errors.ts";
import { solveGeneralisedEigen } from "../../numeric/generalised-eigen.ts";
import type { NeighbourLinks } from "./neighbour-links.ts";

/**
 * Locality-preserving projection of points given by well-conditioned coordinates `basis` (rows x columns):
 * minimise b^T (B^T L B) b subject to b^T (B^T D B) b = 1, L = D - W; the directions of the smallest values come first.
 * Returns the columns x columns matrix whose column k is direction k.
 *
 * The caller passes the left singular vectors (or step-1 coordinates), never the raw columns: X^T D X squares the
 * condition number, 6e9 for LAAF descriptors.
 * Throws TL-7012 where the points are linearly dependent (all alike, or fewer than columns).
 * Source: X. He, P. Niyogi, Locality Preserving Projections, NIPS 16 (2003).
 */
export function localityDirections(
  basis: Float64Array,
  rows: number,
  columns: number,
  links: NeighbourLinks,
): Float64Array {
  const laplacian = new Float64Array(columns * columns);
  const difference = new Float64Array(columns);
  for (let e = 0; e < links.from.length; e++) {
    const a = links.from[e]! * columns;
    const b = links.to[e]! * columns;
    for (let c = 0; c < columns; c++) difference[c] = basis[a + c]! - basis[b + c]!;
    addOuter(laplacian, difference, columns, links.weight[e]!);
  }
  const metric = new Float64Array(columns * columns);
  for (let i = 0; i < rows; i++) {
    addOuter(metric, basis.subarray(i * columns, (i + 1) * columns), columns, links.degree[i] ?? 0);
  }
  const pairs = solveGeneralisedEigen(mirror(laplacian, columns), mirror(metric, columns), columns);
  if (pairs === undefined)
    throw new LabError("TL-7012", "The training atoms do not span the projection's coordinates");
  return pairs.vectors;
}

/** Adds weight * v v^T to the lower triangle. */
function addOuter(sum: Float64Array, v: Float64Array, n: number, weight: number): void {
  for (let i = 0; i < n; i++) {
    const value = weight * v[i]!;
    const at = i * n;
    for (let j = 0; j <= i; j++) sum[at + j]! += value * v[j]!;
  }
}

function mirror(a: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j]!;
  return a;
}
