import type { Prng } from "../../core/prng.ts";
import {
  addExpectedHypervolume,
  addHypervolumeProbability,
} from "../../models/optimise/acquisition/expected-hypervolume.ts";
import {
  hypervolume,
  nonDominatedBoxes,
  paretoIndices,
} from "../../models/optimise/acquisition/pareto.ts";
import { FantasyPosterior } from "../../models/optimise/fantasy-posterior.ts";
import type { PoolBelief } from "../../models/optimise/surrogate-model.ts";
import { brief, type Scorer } from "./scorer.ts";

/** Joint draws of the outcomes in flight; each costs a scoring with a front of its own. */
const DRAWS = 4;
/** Members of a drawn front that are compared by hypervolume. */
const DRAWN_FRONT_max = 200;

export interface SeveralObjectives {
  readonly objectives: readonly {
    readonly name: string;
    readonly sign: number;
    readonly posterior: PoolBelief;
  }[];
  /** Measured front and reference point in signed user units. */
  readonly front: readonly (readonly number[])[];
  readonly reference: readonly number[];
}

/** Expected hypervolume improvement or HVPI, over standardised objectives so that no unit outweighs another. */
export function createHypervolumeScorer(
  kind: "expected-hypervolume" | "hypervolume-probability",
  situation: SeveralObjectives,
  prng: Prng,
): Scorer {
  const { objectives, front, reference } = standardise(situation);
  const fantasies = objectives.map(({ posterior }) => new FantasyPosterior(posterior, DRAWS, prng));
  const fronts: number[][][] = Array.from({ length: DRAWS }, () => front.map((p) => [...p]));
  const first = fantasies[0];
  if (first === undefined) throw new Error("no objective");
  let isPending = false;
  let linear = new Float64Array(0);
  const add = kind === "expected-hypervolume" ? addExpectedHypervolume : addHypervolumeProbability;
  return {
    variance: first.variance,
    score: () => {
      linear = new Float64Array(first.variance.length);
      const draws = isPending ? DRAWS : 1;
      for (let k = 0; k < draws; k++) {
        const points = fronts[k] ?? [];
        const boxes = nonDominatedBoxes(
          paretoIndices(points).map((i) => points[i] ?? []),
          reference,
        );
        add(
          {
            means: fantasies.map((f) => f.mean(k)),
            variances: fantasies.map((f) => f.variance),
          },
          boxes,
          1 / draws,
          linear,
        );
      }
      return linear.map((v) => Math.log(Math.max(v, 1e-300)));
    },
    condition: (row) => {
      isPending = true;
      const outcomes = fantasies.map((f) => f.condition(row));
      fronts.forEach((points, k) => {
        points.push(outcomes.map((o) => o[k] ?? 0));
      });
    },
    explain: (row) => ({
      score: linear[row] ?? 0,
      why: `${describePrediction(situation, row)}; expected gain of the front ${brief(linear[row] ?? 0)}`,
    }),
  };
}

/**
 * Thompson sampling: one draw of every objective, and of its Pareto set over the pool the point that would enlarge the
 * measured front most.
 */
export function createParetoThompsonScorer(situation: SeveralObjectives, prng: Prng): Scorer {
  const { objectives, front, reference } = standardise(situation);
  const variance = objectives[0]?.posterior.variance ?? new Float64Array(0);
  const chosen: number[][] = [];
  return {
    variance,
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

/** Front and reference in each model's standardised units. */
function standardise(situation: SeveralObjectives): SeveralObjectives {
  const convert = (point: readonly number[]): number[] =>
    situation.objectives.map(({ posterior: { gp } }, j) => gp.output.toStandard(point[j] ?? 0));
  return {
    objectives: situation.objectives,
    front: situation.front.map(convert),
    reference: convert(situation.reference),
  };
}

export function describePrediction({ objectives }: SeveralObjectives, row: number): string {
  const parts = objectives.map(({ name, sign, posterior }) => {
    const { output } = posterior.gp;
    const standard = posterior.mean[row] ?? 0;
    const mean = sign * output.toUser(standard);
    const sd = output.deviation(standard, Math.sqrt(posterior.variance[row] ?? 0));
    return `${name} ${brief(mean)} ± ${brief(sd)}`;
  });
  return `predicted ${parts.join(", ")}`;
}
