import { upperConfidenceBound as bound } from "../../../models/optimise/acquisition/improvement.ts";
import { brief } from "../scorer.ts";
import { toPositiveLog } from "./positive-log.ts";
import { type Score, singleObjective } from "./score.ts";
import { createSingleScorer, singlePointScore } from "./single-scorer.ts";

export const upperConfidenceBound: Score = {
  name: "upper-confidence-bound",
  short: "ucb",
  fits: ["one"],
  words: "the mean and `exploration` deviations beyond it; you say how bold",
  create: (situation) => {
    const { exploration } = situation.settings;
    const objective = singleObjective(situation);
    const { sign, posterior } = objective;
    return createSingleScorer({
      // Only the variance matters: one draw, the mean itself.
      ...{ objective, prng: situation.prng, draws: 1 },
      score: (belief) => toPositiveLog(bound(belief, exploration)),
      explain: ({ mean, sd, prediction }) => {
        const reach = sign * posterior.gp.output.toUser(mean + exploration * sd);
        const what = exploration === 0 ? "the best prediction" : `could reach ${brief(reach)}`;
        return { score: sign * reach, why: `${prediction}; ${what}` };
      },
    });
  },
  gradient: (situation) =>
    singlePointScore(situation, (belief) => bound(belief, situation.settings.exploration)),
};
