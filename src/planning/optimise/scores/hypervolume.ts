import type { Prng } from "../../../core/prng.ts";
import {
  addExpectedHypervolume,
  addHypervolumeProbability,
} from "../../../models/optimise/acquisition/expected-hypervolume.ts";
import { nonDominatedBoxes, paretoIndices } from "../../../models/optimise/acquisition/pareto.ts";
import { FantasyPosterior } from "../../../models/optimise/fantasy-posterior.ts";
import { findFront } from "../front.ts";
import { brief, type Scorer } from "../scorer.ts";
import {
  type PointScore,
  type PointSituation,
  type Score,
  type SeveralObjectives,
  severalObjectives,
} from "./score.ts";
import { describePrediction, standardise } from "./several-objectives.ts";

/** Joint draws of the outcomes in flight; each costs a scoring with a front of its own. */
const DRAWS = 4;

type HypervolumeLaw = typeof addExpectedHypervolume;

export const expectedHypervolume: Score = {
  name: "expected-hypervolume",
  short: "ehvi",
  fits: ["several"],
  words: "the expected growth of the volume that the front dominates; right for most searches",
  create: (situation) =>
    createHypervolumeScorer(addExpectedHypervolume, severalObjectives(situation), situation.prng),
  gradient: (situation) => pointScore(addExpectedHypervolume, situation),
};

export const hypervolumeProbability: Score = {
  name: "hypervolume-probability",
  short: "hvpi",
  fits: ["several"],
  words: "the chance to enlarge the front, however little; cautious",
  create: (situation) =>
    createHypervolumeScorer(
      addHypervolumeProbability,
      severalObjectives(situation),
      situation.prng,
    ),
  gradient: (situation) => pointScore(addHypervolumeProbability, situation),
};

/** Expected hypervolume improvement or HVPI, over standardised objectives so that no unit outweighs another. */
function createHypervolumeScorer(
  add: HypervolumeLaw,
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
  return {
    varianceAt: (row) => first.variance[row] ?? 0,
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

function pointScore(add: HypervolumeLaw, { model, settings }: PointSituation): PointScore {
  const places = model.quantities.flatMap(({ role }, j) => (role === "objective" ? [j] : []));
  const front = findFront(model, settings.objectives);
  const standard = (point: readonly number[]): number[] =>
    places.map((j, k) => {
      const gp = model.quantities[j]?.surrogate.gp;
      return gp?.output.toStandard(point[k] ?? 0) ?? 0;
    });
  const boxes = nonDominatedBoxes(front.values.map(standard), standard(front.reference));
  const pick = (values: Float64Array, power: number): Float64Array[] =>
    places.map((j) => Float64Array.of((values[j] ?? 0) ** power));
  return (means, sds) => {
    const out = new Float64Array(1);
    add({ means: pick(means, 1), variances: pick(sds, 2) }, boxes, 1, out);
    return Math.log(Math.max(out[0] ?? 0, 1e-300));
  };
}
