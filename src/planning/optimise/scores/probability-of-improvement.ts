import { logProbabilityOfImprovement } from "../../../models/optimise/acquisition/improvement.ts";
import { brief } from "../scorer.ts";
import { type Score, singleObjective } from "./score.ts";
import { createSingleScorer, DRAWS, type SingleLaw, singlePointScore } from "./single-scorer.ts";

/** Improvement that is asked for, in deviations of the results. */
const MARGIN = 0.01;

const law: SingleLaw = (belief, incumbents, contest) =>
  logProbabilityOfImprovement(belief, incumbents, MARGIN, contest);

export const probabilityOfImprovement: Score = {
  name: "probability-of-improvement",
  short: "pi",
  fits: ["one"],
  words: "the chance to better the best so far, however little; cautious",
  create: (situation) =>
    createSingleScorer({
      ...{ objective: singleObjective(situation), prng: situation.prng, draws: DRAWS, score: law },
      explain: ({ value, prediction }) => ({
        score: Math.exp(value),
        why: `${prediction}; better with ${brief(100 * Math.exp(value))} %`,
      }),
    }),
  gradient: (situation) => singlePointScore(situation, law),
};
