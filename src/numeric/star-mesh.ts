/**
 * Solves (diag(sum_j w_ij + g_i) - W) x = b for weights w >= 0 between all pairs and conductances g >= 0 to the ground by
 * Gaussian elimination without a subtraction: taking node v out of an electrical network joins its neighbours by
 * w_iv w_vj / s_v, s_v = sum_j w_vj + g_v (star-mesh transform; for Markov chains W. K. Grassmann, M. I. Taksar, D. P. Heyman,
 * Oper. Res. 33, 1107 (1985)). Every entry of x for b >= 0 is right to rounding, also where weights differ by a hundred
 * orders of magnitude, as those of a Gaussian kernel between scattered points do; Cholesky loses a close pair there.
 *
 * O(n^3 / 3) once, O(n^2) a solve. A node without any way to the ground has the solution 0.
 *
 * @param weights n x n, symmetric; the diagonal is not read. Overwritten.
 * @param ground n. Overwritten.
 */
export function eliminateNetwork(
  weights: Float64Array,
  ground: Float64Array,
): (b: Float64Array) => Float64Array {
  const n = ground.length;
  const pivot = new Float64Array(n);
  for (let v = 0; v < n; v++) {
    let sum = ground[v]!;
    for (let j = v + 1; j < n; j++) sum += weights[v * n + j]!;
    pivot[v] = sum;
    if (sum === 0) continue;
    for (let i = v + 1; i < n; i++) {
      const share = weights[v * n + i]! / sum;
      if (share === 0) continue;
      ground[i]! += share * ground[v]!;
      for (let j = i + 1; j < n; j++) weights[i * n + j]! += share * weights[v * n + j]!;
    }
  }
  return (b) => {
    const x = b.slice();
    for (let v = 0; v < n; v++) {
      if (pivot[v] === 0) continue;
      const flow = x[v]! / pivot[v]!;
      if (flow !== 0) for (let i = v + 1; i < n; i++) x[i]! += weights[v * n + i]! * flow;
    }
    for (let v = n - 1; v >= 0; v--) {
      let sum = x[v]!;
      for (let j = v + 1; j < n; j++) sum += weights[v * n + j]! * x[j]!;
      x[v] = pivot[v] === 0 ? 0 : sum / pivot[v]!;
    }
    return x;
  };
}
