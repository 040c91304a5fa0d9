import { expectedExcess, normalCdf } from "../../../numeric/normal-distribution.ts";
import type { Box } from "./pareto.ts";

/** Independent normal beliefs of `p` objectives over N candidates, larger is better. */
export interface JointBelief {
  readonly means: readonly Float64Array[];
  readonly variances: readonly Float64Array[];
}

/** The distinct edges of the boxes along one objective, and each box's position among them. */
interface Edges {
  readonly values: Float64Array;
  readonly lower: Int32Array;
  readonly upper: Int32Array;
}

/**
 * Expected hypervolume improvement of each candidate, exact for independent normal objectives. The region that the
 * front leaves free is the disjoint union of boxes, and in each of them
 *
 *   E[volume] = prod_j (psi_j(lower_j) - psi_j(upper_j)),   psi_j(a) = E[max(y_j - a, 0)] = s h((mu - a)/s)
 *
 * psi is evaluated once per distinct edge: cost N (p F evaluations + boxes p products); for two objectives N F, no
 * temporaries. Adds weight times the value to `out`.
 */
export function addExpectedHypervolume(
  belief: JointBelief,
  boxes: readonly Box[],
  weight: number,
  out: Float64Array,
): void {
  accumulate(belief, boxes, out, weight, (mean, sd, edge) =>
    edge === Number.POSITIVE_INFINITY ? 0 : sd * expectedExcess((mean - edge) / sd),
  );
}

/**
 * Hypervolume probability of improvement: the gain of the posterior-mean point times the probability to fall into the free
 * region (I. Couckuyt et al., J. Global Optim. 60, 575 (2014)). The probability alone ranks where the mean gains nothing.
 */
export function addHypervolumeProbability(
  belief: JointBelief,
  boxes: readonly Box[],
  weight: number,
  out: Float64Array,
): void {
  const probability = new Float64Array(out.length);
  const gain = new Float64Array(out.length);
  accumulate(belief, boxes, probability, 1, (mean, sd, edge) => normalCdf((mean - edge) / sd));
  accumulate(belief, boxes, gain, 1, (mean, _, edge) => Math.max(0, mean - edge));
  for (let n = 0; n < out.length; n++)
    out[n] = (out[n] ?? 0) + weight * (probability[n] ?? 0) * (gain[n] ?? 0);
}

/** Sum over boxes of the product over objectives of f(lower) - f(upper); f falls to 0 at infinity. */
function accumulate(
  { means, variances }: JointBelief,
  boxes: readonly Box[],
  out: Float64Array,
  weight: number,
  f: (mean: number, sd: number, edge: number) => number,
): void {
  const edges = means.map((_, j) => collectEdges(boxes, j));
  const tables = edges.map(({ values }) => new Float64Array(values.length));
  for (let n = 0; n < out.length; n++) {
    edges.forEach(({ values }, j) => {
      const mean = means[j]?.[n] ?? 0;
      const sd = Math.sqrt(variances[j]?.[n] ?? 0);
      const table = tables[j] as Float64Array;
      for (let k = 0; k < values.length; k++) table[k] = f(mean, sd, values[k] ?? 0);
    });
    out[n] = (out[n] ?? 0) + weight * sumBoxes(edges, tables, boxes.length);
  }
}

function sumBoxes(edges: readonly Edges[], tables: readonly Float64Array[], boxes: number): number {
  let sum = 0;
  for (let b = 0; b < boxes; b++) {
    let product = 1;
    for (let j = 0; j < edges.length; j++) {
      const { lower, upper } = edges[j] as Edges;
      const table = tables[j] as Float64Array;
      product *= (table[lower[b] ?? 0] ?? 0) - (table[upper[b] ?? 0] ?? 0);
    }
    sum += product;
  }
  return sum;
}

function collectEdges(boxes: readonly Box[], j: number): Edges {
  const position = new Map<number, number>();
  const values: number[] = [];
  const place = (edge: number): number => {
    const known = position.get(edge);
    if (known !== undefined) return known;
    position.set(edge, values.length);
    values.push(edge);
    return values.length - 1;
  };
  const lower = Int32Array.from(boxes, (box) => place(box.lower[j] ?? 0));
  const upper = Int32Array.from(boxes, (box) => place(box.upper[j] ?? 0));
  return { values: Float64Array.from(values), lower, upper };
}
