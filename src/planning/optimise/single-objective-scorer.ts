import type { Prng } from "../../core/prng.ts";
import {
  logExpectedImprovement,
  logProbabilityOfImprovement,
  upperConfidenceBound,
} from "../../models/optimise/acquisition/improvement.ts";
import { FantasyPosterior } from "../../models/optimise/fantasy-posterior.ts";
import type { PoolBelief } from "../../models/optimise/surrogate-model.ts";
import { brief, type Scorer } from "./scorer.ts";

/** Joint draws of the outcomes in flight. The score's error falls with their square root; opposite pairs remove its first order. */
const DRAWS = 16;
/** Improvement that `probability-of-improvement` asks for, in deviations of the results. */
const MARGIN = 0.01;

export interface SingleObjective {
  readonly name: string;
  /** +1 to make large, -1 to make small. */
  readonly sign: number;
  readonly posterior: PoolBelief;
  /** Largest posterior mean at a measured, feasible point, standardised and signed. */
  readonly incumbent: number;
  /** True where the incumbent is that of a lower hill, not of the campaign. */
  readonly isNiche?: boolean | undefined;
}

export type SingleScore =
  | "expected-improvement"
  | "probability-of-improvement"
  | "upper-confidence-bound";

/** Expected improvement, probability of improvement or upper confidence bound over a pool. */
export function createSingleScorer(
  kind: SingleScore,
  objective: SingleObjective,
  exploration: number,
  prng: Prng,
): Scorer {
  const { posterior, sign, name } = objective;
  const { output } = posterior.gp;
  const base = output.toUser(objective.incumbent);
  // For the bound only the variance matters: one draw, the mean itself.
  const fantasy = new FantasyPosterior(
    posterior,
    kind === "upper-confidence-bound" ? 1 : DRAWS,
    prng,
  );
  const incumbents = new Float64Array(DRAWS).fill(objective.incumbent);
  const known: number[] = [];
  const score = (): Float64Array => {
    if (kind === "expected-improvement") return logExpectedImprovement(fantasy, incumbents);
    if (kind === "probability-of-improvement")
      return logProbabilityOfImprovement(fantasy, incumbents, MARGIN);
    return upperConfidenceBound(fantasy, exploration);
  };
  return {
    variance: fantasy.variance,
    score: () => (kind === "upper-confidence-bound" ? toPositiveLog(score()) : score()),
    condition: (row) => {
      fantasy.condition(row);
      known.push(row);
      for (let k = 0; k < fantasy.means.length; k++) {
        for (const n of known)
          incumbents[k] = Math.max(incumbents[k] ?? 0, fantasy.mean(k)[n] ?? 0);
      }
    },
    explain: (row, value) => {
      const standard = posterior.mean[row] ?? 0;
      const mean = sign * output.toUser(standard);
      const sd = output.deviation(standard, Math.sqrt(fantasy.variance[row] ?? 0));
      const prediction = `${name} predicted ${brief(mean)} ± ${brief(sd)}`;
      if (kind === "expected-improvement") {
        const gain = output.toUser(objective.incumbent + Math.exp(value)) - base;
        const what =
          objective.isNiche === true
            ? "the best hill is exhausted: gain on the next"
            : "expected gain";
        return { score: gain, why: `${prediction}; ${what} ${brief(gain)}` };
      }
      if (kind === "probability-of-improvement")
        return {
          score: Math.exp(value),
          why: `${prediction}; better with ${brief(100 * Math.exp(value))} %`,
        };
      const reach = exploration * Math.sqrt(fantasy.variance[row] ?? 0);
      const bound = sign * output.toUser(standard + reach);
      return {
        score: sign * bound,
        why:
          exploration === 0
            ? `${prediction}; the best prediction`
            : `${prediction}; could reach ${brief(bound)}`,
      };
    },
  };
}

/** Monotone map of a score of any sign to a logarithm, so that feasibility and cost can be added. */
export function toPositiveLog(scores: Float64Array): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const s of scores) {
    least = Math.min(least, s);
    most = Math.max(most, s);
  }
  const floor = least - 1e-6 * (1 + most - least);
  return scores.map((s) => Math.log(s - floor));
}

/** Thompson sampling: each point of the batch is the best of an own draw of the function, so what is in flight needs no model. */
export function createThompsonScorer(objective: SingleObjective, prng: Prng): Scorer {
  const { posterior, sign, name } = objective;
  let path = new Float64Array(0);
  return {
    variance: posterior.variance,
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
