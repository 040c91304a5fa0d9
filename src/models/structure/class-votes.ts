import { buildPointTree, findNearest, type PointTree } from "../../numeric/nearest-neighbours.ts";

/** Labelled points that new ones are compared with. */
export interface LabelledPoints {
  readonly tree: PointTree;
  readonly labels: Int32Array;
  readonly classes: number;
}

export function createLabelledPoints(
  points: Float64Array,
  labels: Int32Array,
  columns: number,
  classes: number,
): LabelledPoints {
  return { tree: buildPointTree(points, labels.length, columns), labels, classes };
}

/**
 * Probability of each class by the `k` nearest labelled points: share of votes, rows x classes, 0..1.
 * With `leaveOneOut`, query i is labelled point i and does not vote for itself.
 * Source: T. M. Cover, P. E. Hart, IEEE Trans. Inf. Theory 13, 21 (1967).
 */
export function voteClasses(
  reference: LabelledPoints,
  queries: Float64Array,
  rows: number,
  k: number,
  options: { readonly leaveOneOut?: boolean } = {},
): Float64Array {
  const { labels, classes, tree } = reference;
  const excludeSelf = options.leaveOneOut === true;
  const voters = Math.max(1, Math.min(k, labels.length - (excludeSelf ? 1 : 0)));
  const { index } = findNearest(tree, queries, rows, voters, { excludeSelf });
  const votes = new Float64Array(rows * classes);
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < voters; s++) {
      const voter = index[i * voters + s]!;
      if (voter >= 0) votes[i * classes + labels[voter]!]! += 1 / voters;
    }
  }
  return votes;
}

/** The class of most votes of each row; equal votes go to the class listed first. */
export function winners(votes: Float64Array, rows: number, classes: number): Int32Array {
  const out = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let c = 1; c < classes; c++)
      if (votes[i * classes + c]! > votes[i * classes + out[i]!]! + 1e-12) out[i] = c;
  }
  return out;
}

/** Share of rows of each true class that were called by it, and over all rows. NaN-free: an empty class counts 1. */
export function recalls(
  found: Int32Array,
  truth: Int32Array,
  classes: number,
): { readonly overall: number; readonly perClass: Float64Array } {
  const right = new Float64Array(classes);
  const all = new Float64Array(classes);
  for (let i = 0; i < truth.length; i++) {
    all[truth[i]!]! += 1;
    if (found[i] === truth[i]) right[truth[i]!]! += 1;
  }
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  return {
    overall: truth.length > 0 ? sum(right) / sum(all) : 1,
    perClass: right.map((count, c) => (all[c]! > 0 ? count / all[c]! : 1)),
  };
}
