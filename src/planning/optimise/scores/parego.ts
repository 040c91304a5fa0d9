import type { Prng } from "../../../core/prng.ts";
import { logExpectedImprovement } from "../../../models/optimise/acquisition/improvement.ts";
import {
  drawWeights,
  objectiveRanges,
  scalarise,
} from "../../../models/optimise/acquisition/parego.ts";
import { FantasyPosterior } from "../../../models/optimise/fantasy-posterior.ts";
import type { Inputs, KernelKind } from "../../../models/optimise/kernel.ts";
import { Surrogate } from "../../../models/optimise/surrogate.ts";
import { brief, type Scorer } from "../scorer.ts";
import { type PointSituation, quantitiesOf, type Score } from "./score.ts";

export const parego: Score = {
  name: "parego",
  fits: ["several"],
  words: "expected gain in a direction of the objectives drawn for each point; for many objectives",
  create: (situation) => createParegoScorer(directedSituation(situation), situation.prng),
};

interface Directed {
  /** Inputs and signed objective values of each complete, feasible result. */
  readonly points: readonly { readonly x: Float64Array; readonly values: readonly number[] }[];
  readonly inputs: Inputs;
  readonly groups: Int32Array;
  readonly kind: KernelKind;
  readonly seed: string;
}

/**
 * ParEGO: each point of the batch has a random direction of its own, one Gaussian process learns the augmented
 * Tchebycheff value in that direction, and expected improvement chooses. Cheap for many objectives: one model whatever their number.
 */
function createParegoScorer(situation: Directed, prng: Prng): Scorer {
  const { points, inputs, groups, kind, seed } = situation;
  const ranges = objectiveRanges(points.map((p) => p.values));
  const underWay: number[] = [];
  let weights: number[] = [];
  let variance = new Float64Array(inputs.count).fill(1);
  return {
    varianceAt: (row) => variance[row] ?? 0,
    score: () => {
      weights = drawWeights(ranges.length, prng);
      const rows = points.map(({ x, values }) => ({
        x,
        value: scalarise(values, weights, ranges),
      }));
      const surrogate = new Surrogate({ groups, kind, seed: `${seed}/parego` });
      surrogate.update(rows);
      const posterior = surrogate.posterior(inputs);
      if (posterior === undefined) return new Float64Array(inputs.count);
      const fantasy = new FantasyPosterior(posterior, 1, prng);
      for (const row of underWay) fantasy.condition(row);
      variance = Float64Array.from(fantasy.variance);
      const incumbent = posterior.gp.fitted().reduce((a, b) => Math.max(a, b), -1e300);
      return logExpectedImprovement(fantasy, [incumbent]);
    },
    condition: (row) => underWay.push(row),
    explain: (_, score) => ({
      score: Math.exp(score),
      why: `best in the direction ${weights.map(brief).join(" : ")} of the objectives`,
    }),
  };
}

function directedSituation({ model, settings }: PointSituation): Directed {
  const objectives = quantitiesOf(model, "objective");
  return {
    points: model.rows.flatMap((row) =>
      row.x !== undefined && model.isFeasible(row)
        ? [{ x: row.x, values: objectives.map((q) => row.values.get(q.name)?.value ?? 0) }]
        : [],
    ),
    inputs: model.pool.inputs,
    groups: model.pool.encoding.groups,
    kind: settings.kernel,
    seed: `${model.seed}/${model.rows.length}`,
  };
}
