import { LabError } from "../../core/errors.ts";
import type { Prng } from "../../core/prng.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";
import { findIncumbent } from "./incumbent.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";
import type { Scorer } from "./scorer.ts";
import {
  createSingleScorer,
  createThompsonScorer,
  type SingleObjective,
} from "./single-objective-scorer.ts";

/** The scorer that the settings ask for, over the model's pool. */
export function createScorer(
  model: CampaignModel,
  settings: ResolvedSettings,
  prng: Prng,
): Scorer & { readonly ownsTargets: boolean } {
  const single = (quantity: Quantity | undefined): SingleObjective => {
    const posterior = quantity && model.posterior(quantity);
    if (quantity === undefined || posterior === undefined)
      throw new LabError("TL-6001", "An objective has no result yet");
    return {
      name: quantity.name,
      sign: quantity.sign,
      posterior,
      incumbent: findIncumbent(model, quantity),
    };
  };
  const objectives = model.quantities.filter((q) => q.role === "objective");
  switch (settings.acquisition) {
    case "thompson":
      return { ...createThompsonScorer(single(objectives[0]), prng), ownsTargets: false };
    case "expected-improvement":
    case "probability-of-improvement":
    case "upper-confidence-bound":
      return {
        ...createSingleScorer(
          settings.acquisition,
          single(objectives[0]),
          settings.exploration,
          prng,
        ),
        ownsTargets: false,
      };
    default:
      throw new LabError("TL-6002", `The acquisition ${settings.acquisition} is unknown`);
  }
}
