import { buildPointTree, findNearest } from "../../numeric/nearest-neighbours.ts";

/** An undirected graph as a list of links (from < to) with their weights, and the sum of weights at each point. */
export interface NeighbourLinks {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
  readonly degree: Float64Array;
}

/**
 * Links each of `rows` points to its `k` nearest (Euclidean, itself excluded); a link holds where either names the
 * other. Weights are 1, or exp(-d^2 / (2 sigma^2)) with a finite `sigma`; on the authors' data sigma from 5 to
 * infinity separates the phases equally well, so that nothing searches for it.
 * Source: X. He, P. Niyogi, Locality Preserving Projections, NIPS 16 (2003), steps 1 and 2.
 */
export function linkNeighbours(
  points: Float64Array,
  rows: number,
  columns: number,
  k: number,
  sigma = Number.POSITIVE_INFINITY,
): NeighbourLinks {
  const neighbours = Math.min(k, rows - 1);
  const tree = buildPointTree(points, rows, columns);
  const { index, distance2 } = findNearest(tree, points, rows, neighbours, { excludeSelf: true });
  const names = (i: number, j: number): boolean => {
    for (let s = 0; s < neighbours; s++) if (index[i * neighbours + s] === j) return true;
    return false;
  };
  const from = new Int32Array(rows * neighbours);
  const to = new Int32Array(rows * neighbours);
  const weight = new Float64Array(rows * neighbours);
  const degree = new Float64Array(rows);
  let links = 0;
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < neighbours; s++) {
      const j = index[i * neighbours + s]!;
      // A link named from both ends is listed once, by its lower point.
      if (j < i && names(j, i)) continue;
      from[links] = Math.min(i, j);
      to[links] = Math.max(i, j);
      const w = Math.exp(-distance2[i * neighbours + s]! / (2 * sigma * sigma));
      weight[links++] = w;
      degree[i]! += w;
      degree[j]! += w;
    }
  }
  return {
    from: from.slice(0, links),
    to: to.slice(0, links),
    weight: weight.slice(0, links),
    degree,
  };
}
