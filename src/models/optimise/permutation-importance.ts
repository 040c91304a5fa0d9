import type { Prng } from "../../core/prng.ts";
import { GaussianProcess } from "./gaussian-process.ts";
import { posteriorAt } from "./posterior-gradient.ts";
import type { SurrogateModel } from "./surrogate-model.ts";

const REPEATS = 5;
/** Rows that are shuffled and predicted; each prediction costs the square of the rows. */
const ROWS_max = 200;

/**
 * Permutation importance of each width group: the root mean squared error of the posterior mean at the learnt points with the
 * group's columns shuffled among them, minus that without. Standardised units; mean and deviation over 5 shuffles.
 * Empty for a sparse model. Cost repeats rows groups count^2.
 */
export function permutationImportances(
  gp: SurrogateModel,
  prng: Prng,
): { mean: number; sd: number }[] {
  if (!(gp instanceof GaussianProcess) || gp.count === 0) return [];
  const alpha = gp.alpha();
  const rows = Math.min(ROWS_max, gp.count);
  const points = gp.points
    .slice(0, rows)
    .map((point) => point.map((v, c) => v * gp.theta.widths[gp.groups[c]!]!));
  const error = (trial: readonly Float64Array[]): number => {
    const squares = trial.reduce(
      (sum, x, i) => sum + (posteriorAt(gp, alpha, x).mean - gp.y[i]!) ** 2,
      0,
    );
    return Math.sqrt(squares / rows);
  };
  const base = error(points);
  return Array.from(gp.theta.widths, (_, g) => {
    const rises = Array.from({ length: REPEATS }, () => {
      const order = permutation(rows, prng);
      return (
        error(
          points.map((x, i) => x.map((v, c) => (gp.groups[c] === g ? points[order[i]!]![c]! : v))),
        ) - base
      );
    });
    const mean = rises.reduce((sum, v) => sum + v, 0) / REPEATS;
    const variance = rises.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (REPEATS - 1);
    return { mean, sd: Math.sqrt(variance) };
  });
}

function permutation(n: number, prng: Prng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = prng.integer(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}
