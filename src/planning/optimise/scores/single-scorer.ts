import type { Prng } from "../../../core/prng.ts";
import type { Belief, Contest } from "../../../models/optimise/acquisition/belief.ts";
import { FantasyPosterior } from "../../../models/optimise/fantasy-posterior.ts";
import type { PoolBelief } from "../../../models/optimise/surrogate-model.ts";
import { findIncumbent } from "../incumbent.ts";
import { brief, type Scorer } from "../scorer.ts";
import {
  type PointScore,
  type PointSituation,
  quantitiesOf,
  type SingleObjective,
} from "./score.ts";

/** Joint draws of the outcomes in flight. The score's error falls with their square root; opposite pairs remove its first order. */
export const DRAWS = 16;

/** A score of one objective: N log scores from its posterior and the value to beat of each draw. */
export type SingleLaw = (
  belief: Belief,
  incumbents: Float64Array,
  contest?: Contest,
) => Float64Array;

/** A candidate as a sentence about it needs it. */
export interface ScoredCandidate {
  /** Entry of the last score. */
  readonly value: number;
  /** Standardised mean and deviation, outcomes in flight imagined. */
  readonly mean: number;
  readonly sd: number;
  /** `y predicted 3 ± 1`. */
  readonly prediction: string;
}

/** Scores every candidate for one objective; what is in flight is imagined in `draws` joint outcomes. */
export function createSingleScorer(options: {
  readonly objective: SingleObjective;
  readonly prng: Prng;
  readonly draws: number;
  readonly score: SingleLaw;
  /** The same for the best of a contest alone, while nothing is in flight; absent: all candidates are scored. */
  readonly scoreBest?: (posterior: PoolBelief, incumbent: number, contest: Contest) => Float64Array;
  readonly explain: (candidate: ScoredCandidate) => { score: number; why: string };
}): Scorer {
  const { objective, prng, draws, score, scoreBest, explain } = options;
  const { posterior, sign, name } = objective;
  const { output } = posterior.gp;
  // Made when it is needed: it asks for every candidate.
  let imagined: FantasyPosterior | undefined;
  const fantasyNow = (): FantasyPosterior => {
    imagined ??= new FantasyPosterior(posterior, draws, prng);
    return imagined;
  };
  const varianceAt = (row: number): number =>
    (imagined === undefined ? posterior.at(row).variance : imagined.variance[row]) ?? 0;
  const incumbents = new Float64Array(DRAWS).fill(objective.incumbent);
  const known: number[] = [];
  return {
    varianceAt,
    score: (contest) =>
      contest !== undefined && known.length === 0 && scoreBest !== undefined
        ? scoreBest(posterior, objective.incumbent, contest)
        : score(fantasyNow(), incumbents, contest),
    condition: (row) => {
      const fantasy = fantasyNow();
      fantasy.condition(row);
      known.push(row);
      for (let k = 0; k < fantasy.means.length; k++) {
        for (const n of known)
          incumbents[k] = Math.max(incumbents[k] ?? 0, fantasy.mean(k)[n] ?? 0);
      }
    },
    explain: (row, value) => {
      const { mean } = posterior.at(row);
      const sd = Math.sqrt(varianceAt(row));
      const told = sign * output.toUser(mean);
      const prediction = `${name} predicted ${brief(told)} ± ${brief(output.deviation(mean, sd))}`;
      return explain({ value, mean, sd, prediction });
    },
  };
}

/** The same law at one point: of the first objective, against today's value to beat. */
export function singlePointScore(
  { model }: PointSituation,
  law: SingleLaw,
): PointScore | undefined {
  const [quantity] = quantitiesOf(model, "objective");
  if (quantity === undefined) return undefined;
  const place = model.quantities.indexOf(quantity);
  const incumbents = Float64Array.of(findIncumbent(model, quantity));
  return (means, sds) => {
    const sd = sds[place] ?? 1;
    const belief = {
      means: [means.subarray(place, place + 1)],
      variance: Float64Array.of(sd * sd),
    };
    return law(belief, incumbents)[0] ?? 0;
  };
}
