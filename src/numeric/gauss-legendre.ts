/** Nodes in (-1, 1), ascending, and weights of Gauss-Legendre quadrature: exact to degree 2n - 1. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** Newton's method on P_n from the asymptotic roots; errors about 1e-15. For n up to some hundreds. */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    let x = Math.cos((Math.PI * (n - k - 0.25)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 50; step++) {
      let before = 1;
      let here = x;
      for (let l = 2; l <= n; l++) {
        const next = ((2 * l - 1) * x * here - (l - 1) * before) / l;
        before = here;
        here = next;
      }
      if (n === 1) before = 1;
      slope = (n * (x * here - before)) / (x * x - 1);
      const shift = here / slope;
      x -= shift;
      if (Math.abs(shift) < 1e-15) break;
    }
    nodes[k] = x;
    weights[k] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
