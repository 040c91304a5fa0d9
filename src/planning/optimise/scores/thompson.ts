import type { Prng } from "../../../core/prng.ts";
import { hypervolume, paretoIndices } from "../../../models/optimise/acquisition/pareto.ts";
import { brief, type Scorer } from "../scorer.ts";
import { toPositiveLog } from "./positive-log.ts";
import {
  quantitiesOf,
  type Score,
  type SeveralObjectives,
  type SingleObjective,
  severalObjectives,
  singleObjective,
} from "./score.ts";
import { describePrediction, standardise } from "./several-objectives.ts";

/** Members of a drawn front that are compared by hypervolume. */
const DRAWN_FRONT_max = 200;

export const thompson: Score = {
  name: "thompson",
  short: "ts",
  fits: ["one", "several"],
  words: "the best of a drawn course of the function, a new one for each point; for large batches",
  create: (situation) =>
    quantitiesOf(situation.model, "objective").length === 1
      ? createThompsonScorer(singleObjective(situation), situation.prng)
      : createParetoThompsonScorer(severalObjectives(situation), situation.prng),
};

/** Thompson sampling: each point of the batch is the best of an own draw of the function, so what is in flight needs no model. */
function createThompsonScorer(objective: SingleObjective, prng: Prng): Scorer {
  const { posterior, sign, name } = objective;
  let path = new Float64Array(0);
  return {
    varianceAt: (row) => posterior.at(row).variance,
    score: () => {
      path = Float64Array.from(posterior.drawPath(prng));
      return toPositiveLog(path);
    },
    condition: () => {},
    explain: (row) => {
      const value = sign * posterior.gp.output.toUser(path[row] ?? 0);
      return {
        score: sign * value,
        why: `the best of one drawn course of ${name}, there ${brief(value)}`,
      };
    },
  };
}

/**
 * Thompson sampling: one draw of every objective, and of its Pareto set over the pool the point that would enlarge the
 * measured front most.
 */
function createParetoThompsonScorer(situation: SeveralObjectives, prng: Prng): Scorer {
  const { objectives, front, reference } = standardise(situation);
  const variance = objectives[0]?.posterior.variance ?? new Float64Array(0);
  const chosen: number[][] = [];
  return {
    varianceAt: (row) => variance[row] ?? 0,
    score: () => {
      const paths = objectives.map(({ posterior }) => posterior.drawPath(prng));
      const points = Array.from(variance, (_, n) => paths.map((path) => path[n] ?? 0));
      const known = [...front, ...chosen];
      const base = hypervolume(known, reference);
      const scores = new Float64Array(variance.length).fill(Math.log(1e-300));
      const drawn = paretoIndices(points).slice(0, DRAWN_FRONT_max);
      for (const n of drawn) {
        const gain = hypervolume([...known, points[n] ?? []], reference) - base;
        scores[n] = Math.log(Math.max(gain, 1e-200));
      }
      return scores;
    },
    condition: (row) => {
      chosen.push(objectives.map(({ posterior }) => posterior.mean[row] ?? 0));
    },
    explain: (row, score) => ({
      score: Math.exp(score),
      why: `on the front of one drawn course; ${describePrediction(situation, row)}`,
    }),
  };
}
