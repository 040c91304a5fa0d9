import { LabError } from "../../../core/errors.ts";
import type { Prng } from "../../../core/prng.ts";
import type { PoolBelief } from "../../../models/optimise/surrogate-model.ts";
import type { CampaignModel, Quantity } from "../campaign-model.ts";
import { findFront } from "../front.ts";
import { findIncumbent } from "../incumbent.ts";
import type { LearningSettings } from "../learning-settings.ts";
import type { Niche } from "../niche.ts";
import type { Scorer } from "../scorer.ts";

/** Kinds of optimisation: one objective to make small or large, several of them, or nothing but target ranges. */
export type ScoreCase = "one" | "several" | "targets";

/**
 * One way of saying what makes a candidate worth measuring. A score is one file that exports such an object, and its line in
 * `OPTIMISE_SCORES`; names in configurations, help, documentation and error texts come from there.
 */
export interface Score {
  /** As a user types it. */
  readonly name: string;
  /** What the field calls it for short; also understood. */
  readonly short?: string | undefined;
  /** Where it can be used; the first of the list that fits is the default. */
  readonly fits: readonly ScoreCase[];
  /** One line: what it prefers, and when to take it. */
  readonly words: string;
  /** The score over the model's pool of candidates. */
  readonly create: (situation: ScoreSituation) => Scorer;
  /** The same at one point, smooth, to be followed uphill in a box; absent where the score is drawn at random. */
  readonly gradient?: ((situation: PointSituation) => PointScore | undefined) | undefined;
  /** True where target ranges are what it scores: elsewhere they count as constraints. */
  readonly ownsTargets?: boolean | undefined;
  /** True where the planner may put the next hill or the best mean in its place on every second request. */
  readonly takesTurns?: boolean | undefined;
}

/** A log score by the means and deviations of all quantities at one point, standardised. */
export type PointScore = (means: Float64Array, sds: Float64Array) => number;

/** What a score at one point is made of. */
export interface PointSituation {
  readonly model: CampaignModel;
  readonly settings: LearningSettings;
}

/** What a score over the pool is made of. */
export interface ScoreSituation extends PointSituation {
  readonly prng: Prng;
  /** A lower hill with a value of its own to beat. */
  readonly niche?: Niche | undefined;
}

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

/** Quantities of a role, in the model's order. */
export function quantitiesOf(model: CampaignModel, role: Quantity["role"]): Quantity[] {
  return model.quantities.filter((quantity) => quantity.role === role);
}

/** A quantity with its posterior over the pool; the first objective without one. TL-6001 before its first result. */
export function singleObjective(
  { model, niche }: ScoreSituation,
  quantity: Quantity | undefined = quantitiesOf(model, "objective")[0],
): SingleObjective {
  const posterior = quantity && model.posterior(quantity);
  if (quantity === undefined || posterior === undefined)
    throw new LabError("TL-6001", "An objective has no result yet");
  return {
    name: quantity.name,
    sign: quantity.sign,
    posterior,
    incumbent: niche?.incumbent ?? findIncumbent(model, quantity),
    isNiche: niche !== undefined,
  };
}

/** All objectives with the measured front. TL-6001 before one's first result. */
export function severalObjectives(situation: ScoreSituation): SeveralObjectives {
  const { model, settings } = situation;
  const front = findFront(model, settings.objectives);
  return {
    objectives: quantitiesOf(model, "objective").map((one) => singleObjective(situation, one)),
    front: front.values,
    reference: front.reference,
  };
}
