import type { Prng } from "../../../core/prng.ts";
import { logProbabilityInRange } from "../../../models/optimise/acquisition/target-range.ts";
import { FantasyPosterior } from "../../../models/optimise/fantasy-posterior.ts";
import type { PoolBelief } from "../../../models/optimise/surrogate-model.ts";
import { brief, type Scorer } from "../scorer.ts";
import { quantitiesOf, type Score, singleObjective } from "./score.ts";

const DRAWS = 16;

export const targetRange: Score = {
  name: "target-range",
  short: "ptr",
  fits: ["targets"],
  words: "the chance that every quantity lies in its range",
  ownsTargets: true,
  create: (situation) => {
    const targets = quantitiesOf(situation.model, "target").map((quantity) => ({
      ...quantity,
      posterior: singleObjective(situation, quantity).posterior,
    }));
    return createTargetScorer(targets, situation.prng);
  },
  // Ranges are part of every point's score.
  gradient: () => () => 0,
};

interface TargetQuantity {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly posterior: PoolBelief;
}

/** Target-range search: the probability that every quantity lies in its range (NIMO's PTR), outcomes in flight imagined. */
function createTargetScorer(targets: readonly TargetQuantity[], prng: Prng): Scorer {
  const fantasies = targets.map(({ posterior }) => new FantasyPosterior(posterior, DRAWS, prng));
  const variance = fantasies[0]?.variance ?? new Float64Array(0);
  return {
    varianceAt: (row) => variance[row] ?? 0,
    score: () => {
      const total = new Float64Array(variance.length);
      targets.forEach(({ min, max, posterior: { gp } }, j) => {
        const fantasy = fantasies[j];
        if (fantasy === undefined) return;
        const low = gp.output.toStandard(min);
        const high = gp.output.toStandard(max);
        // An empty width would have probability 0 everywhere: the density at the wanted value ranks instead.
        const slack = high > low ? 0 : 1e-3;
        const logs = logProbabilityInRange(fantasy, low - slack, high + slack);
        for (let n = 0; n < total.length; n++) total[n] = (total[n] ?? 0) + (logs[n] ?? 0);
      });
      return total;
    },
    condition: (row) => {
      for (const fantasy of fantasies) fantasy.condition(row);
    },
    explain: (row, score) => {
      const parts = targets.map(({ name, posterior: { gp, mean, variance: v } }) => {
        const m = mean[row] ?? 0;
        const sd = gp.output.deviation(m, Math.sqrt(v[row] ?? 0));
        return `${name} ${brief(gp.output.toUser(m))} ± ${brief(sd)}`;
      });
      const probability = Math.exp(score);
      return {
        score: probability,
        why: `predicted ${parts.join(", ")}; in range with ${brief(100 * probability)} %`,
      };
    },
  };
}
