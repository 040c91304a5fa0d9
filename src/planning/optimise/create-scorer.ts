import { LabError } from "../../core/errors.ts";
import type { Prng } from "../../core/prng.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";
import { findFront } from "./front.ts";
import { findIncumbent } from "./incumbent.ts";
import type { Niche } from "./niche.ts";
import { createParegoScorer, type ParegoSituation } from "./parego-scorer.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";
import type { Scorer } from "./scorer.ts";
import {
  createHypervolumeScorer,
  createParetoThompsonScorer,
  type SeveralObjectives,
} from "./several-objectives-scorer.ts";
import {
  createSingleScorer,
  createThompsonScorer,
  type SingleObjective,
} from "./single-objective-scorer.ts";
import { createTargetScorer } from "./target-scorer.ts";

/** The scorer that the settings ask for, over the model's pool; a niche has its own value to beat. */
export function createScorer(
  model: CampaignModel,
  settings: ResolvedSettings,
  prng: Prng,
  niche?: Niche,
): { readonly scorer: Scorer; readonly ownsTargets: boolean } {
  const single = (quantity: Quantity | undefined): SingleObjective => {
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
  };
  const objectives = model.quantities.filter((q) => q.role === "objective");
  const several = (): SeveralObjectives => {
    const front = findFront(model, settings.objectives);
    return {
      objectives: objectives.map(single),
      front: front.values,
      reference: front.reference,
    };
  };
  switch (settings.acquisition) {
    case "thompson": {
      const scorer =
        objectives.length === 1
          ? createThompsonScorer(single(objectives[0]), prng)
          : createParetoThompsonScorer(several(), prng);
      return { scorer, ownsTargets: false };
    }
    case "expected-improvement":
    case "probability-of-improvement":
    case "upper-confidence-bound": {
      const { acquisition, exploration } = settings;
      const scorer = createSingleScorer(acquisition, single(objectives[0]), exploration, prng);
      return { scorer, ownsTargets: false };
    }
    case "expected-hypervolume":
    case "hypervolume-probability":
      return {
        scorer: createHypervolumeScorer(settings.acquisition, several(), prng),
        ownsTargets: false,
      };
    case "parego":
      return {
        scorer: createParegoScorer(paregoSituation(model, settings), prng),
        ownsTargets: false,
      };
    case "target-range": {
      const targets = model.quantities
        .filter((q) => q.role === "target")
        .map((q) => ({ ...q, posterior: single(q).posterior }));
      return { scorer: createTargetScorer(targets, prng), ownsTargets: true };
    }
  }
}

function paregoSituation(model: CampaignModel, settings: ResolvedSettings): ParegoSituation {
  const objectives = model.quantities.filter((q) => q.role === "objective");
  return {
    points: model.rows.flatMap((row) =>
      row.x !== undefined && model.isFeasible(row)
        ? [{ x: row.x, values: objectives.map((q) => row.values.get(q.name)?.value ?? 0) }]
        : [],
    ),
    inputs: model.pool.inputs,
    groups: model.pool.encoding.groups,
    kind: settings.kernel,
    seed: `${model.seed}/${model.rows.length}`,
  };
}
