import { unitInWords } from "../../core/unit-words.ts";
import type { Verdict } from "../../domain/proposal.ts";
import { BOUND_slack, logGainCeiling } from "../../models/optimise/acquisition/improvement.ts";
import { expectedExcess } from "../../numeric/normal-distribution.ts";
import type { CampaignModel } from "./campaign-model.ts";
import { findIncumbent } from "./incumbent.ts";
import type { LearningSettings } from "./learning-settings.ts";
import { brief } from "./scorer.ts";

/** Deviations of the upper bound that a regret estimate takes: 97.5 % for one candidate. */
const REGRET_deviations = 2;

/** What going on promises, in the objective's unit. */
export interface Outlook {
  /** Largest expected improvement of one more point. */
  readonly expectedGain: number;
  /** Largest upper bound (mean + 2 sd) of an open candidate minus the best mean, at least 0. */
  readonly regretBound: number;
}

/** The outlook of the one objective; `undefined` for several objectives, for targets, and before the first result. */
export function estimateOutlook(model: CampaignModel, eligible: Uint8Array): Outlook | undefined {
  const objectives = model.quantities.filter((q) => q.role === "objective");
  const quantity = objectives.at(0);
  if (quantity === undefined || objectives.length > 1) return undefined;
  const posterior = model.posterior(quantity);
  if (posterior === undefined) return undefined;
  const incumbent = findIncumbent(model, quantity);
  let gain = 0;
  let logGain = Number.NEGATIVE_INFINITY;
  let bound = incumbent;
  const boundAt = (mean: number, variance: number): number =>
    incumbent + (mean - incumbent) + REGRET_deviations * Math.sqrt(variance);
  posterior.visitPromising(eligible, {
    mayWin: (mean, variance) =>
      boundAt(mean, variance) > bound - BOUND_slack ||
      !(logGainCeiling(mean - incumbent, variance) < logGain - BOUND_slack),
    visit: (_, mean, variance) => {
      bound = Math.max(bound, boundAt(mean, variance));
      const sd = Math.sqrt(variance);
      const own = sd * expectedExcess((mean - incumbent) / sd);
      if (own <= gain) return;
      gain = own;
      logGain = Math.log(own);
    },
  });
  const { output } = posterior.gp;
  const base = output.toUser(incumbent);
  return {
    expectedGain: output.toUser(incumbent + gain) - base,
    regretBound: output.toUser(bound) - base,
  };
}

/** Says whether the campaign's stop rule holds; without a rule it never does. */
export function judgeProgress(
  model: CampaignModel,
  settings: LearningSettings,
  eligible: Uint8Array,
): Verdict {
  const { stop } = settings.raw;
  if (stop === undefined) return { kind: "continue" };
  const outlook = estimateOutlook(model, eligible);
  if (outlook === undefined) return { kind: "continue" };
  const { expectedGain, regretBound } = outlook;
  const told = (value: number): string => `${brief(value)}${unitBehind(model)}`;
  if (stop.expectedGain_min !== undefined && expectedGain < stop.expectedGain_min)
    return {
      kind: "converged",
      reason: `one more point promises a gain of ${told(expectedGain)}, less than ${told(stop.expectedGain_min)}`,
    };
  if (stop.regret_max !== undefined && regretBound <= stop.regret_max)
    return {
      kind: "converged",
      reason: `no open candidate is likely to be better by more than ${told(regretBound)}`,
    };
  return { kind: "continue" };
}

/** ` MPa`: what stands behind a number of the one objective, in the unit that its results state. */
function unitBehind({ quantities, rows }: CampaignModel): string {
  const name = quantities.find(({ role }) => role === "objective")?.name;
  const units = rows.flatMap(({ result }) =>
    result.observations.flatMap((one) =>
      one.kind === "objective" && one.name === name ? [unitInWords(one.unit)] : [],
    ),
  );
  const unit = units.find((one) => one !== "");
  return unit === undefined ? "" : ` ${unit}`;
}
