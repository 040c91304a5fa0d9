import { logExpectedImprovement } from "../../../models/optimise/acquisition/improvement.ts";
import { logImprovementOfBest } from "../../../models/optimise/acquisition/improvement-search.ts";
import { brief } from "../scorer.ts";
import { type Score, singleObjective } from "./score.ts";
import { createSingleScorer, DRAWS, singlePointScore } from "./single-scorer.ts";

export const expectedImprovement: Score = {
  name: "expected-improvement",
  short: "ei",
  fits: ["one"],
  words: "the expected gain over the best so far; right for most searches",
  takesTurns: true,
  create: (situation) => {
    const objective = singleObjective(situation);
    const { output } = objective.posterior.gp;
    const base = output.toUser(objective.incumbent);
    const what = objective.isNiche
      ? "the best hill is exhausted: gain on the next"
      : "expected gain";
    return createSingleScorer({
      ...{ objective, prng: situation.prng, draws: DRAWS, score: logExpectedImprovement },
      scoreBest: logImprovementOfBest,
      explain: ({ value, prediction }) => {
        const gain = output.toUser(objective.incumbent + Math.exp(value)) - base;
        return { score: gain, why: `${prediction}; ${what} ${brief(gain)}` };
      },
    });
  },
  gradient: (situation) => singlePointScore(situation, logExpectedImprovement),
};
