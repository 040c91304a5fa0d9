import { buildPointTree, findNearest } from "../../numeric/nearest-neighbours.ts";

/** An undirected graph as a list of links (from < to), each of weight 1, with the number of links of each point. */
export interface NeighbourLinks {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly degree: Float64Array;
}

/**
 * Links each of `rows` points to its `k` nearest (Euclidean, itself excluded); a link holds where either names the
 * other. All weights are 1: a heat kernel exp(-d^2 / (2 sigma^2)) changed no figure on the authors' data for sigma
 * from 5 to infinity, so sigma is no parameter here.
 * Source: X. He, P. Niyogi, Locality Preserving Projections, NIPS 16 (2003), step 1 and 2 ("simple-minded" weights).
 */
export function linkNeighbours(
  points: Float64Array,
  rows: number,
  columns: number,
  k: number,
): NeighbourLinks {
  const neighbours = Math.min(k, rows - 1);
  const tree = buildPointTree(points, rows, columns);
  const { index } = findNearest(tree, points, rows, neighbours, { excludeSelf: true });
  const names = (i: number, j: number): boolean => {
    for (let s = 0; s < neighbours; s++) if (index[i * neighbours + s] === j) return true;
    return false;
  };
  const from = new Int32Array(rows * neighbours);
  const to = new Int32Array(rows * neighbours);
  const degree = new Float64Array(rows);
  let links = 0;
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < neighbours; s++) {
      const j = index[i * neighbours + s]!;
      // A link named from both ends is listed once, by its lower point.
      if (j < i && names(j, i)) continue;
      from[links] = Math.min(i, j);
      to[links] = Math.max(i, j);
      links++;
      degree[i]! += 1;
      degree[j]! += 1;
    }
  }
  return { from: from.slice(0, links), to: to.slice(0, links), degree };
}
