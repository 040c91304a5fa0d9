import type { BestResult, ParetoView } from "../../domain/planner-view.ts";
import type { ModelRecord } from "../../domain/proposal.ts";
import type { OutputWarp } from "../../models/optimise/output-scale.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";
import { findFront } from "./front.ts";
import type { Input } from "./input-encoding.ts";
import type { LearningSettings } from "./learning-settings.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";
import { estimateOutlook } from "./stopping-rule.ts";

/** What the models were when they proposed: enough to compare a repetition with. */
export function describeModel(
  model: CampaignModel,
  settings: ResolvedSettings,
  eligible: Uint8Array,
): ModelRecord {
  const outlook = estimateOutlook(model, eligible);
  return {
    observations: model.rows.length,
    method: `gaussian-process/${settings.kernel}/${settings.score.name}`,
    hyperparameters: Object.fromEntries(
      model.quantities.map((quantity) => [quantity.name, describeQuantity(model, quantity)]),
    ),
    summary: {
      failed: model.rows.filter((row) => row.failed).length,
      ...describeBest(model),
      ...describeFront(model, settings),
      ...(outlook === undefined ? {} : outlook),
    },
  };
}

/** Hyperparameters in the user's units. */
function describeQuantity(model: CampaignModel, quantity: Quantity): unknown {
  const { gp } = quantity.surrogate;
  if (gp === undefined) return undefined;
  const { inputs } = model.pool.encoding;
  return {
    widths: Object.fromEntries(
      inputs.map((input, g) => {
        const range = widthUnit(input);
        return [input.name, (gp.theta.widths[g] ?? 0) * range];
      }),
    ),
    mean: quantity.sign * gp.output.toUser(gp.mean),
    signal: gp.output.deviation(gp.mean, gp.theta.signal),
    noise: gp.output.deviation(gp.mean, gp.theta.noise),
    ...(gp.output.warp.side === "none" ? {} : { warp: describeWarp(quantity, gp.output.warp) }),
    jitter: gp.jitter,
  };
}

/** Which end of the user's values the model stretches like a logarithm, from which share of their range. */
function describeWarp({ sign }: Quantity, { side, width }: OutputWarp): unknown {
  return { stretches: (side === "low") === sign > 0 ? "low" : "high", beyond: width };
}

/** What one standardised width is worth: the axis' range, for a logarithmic axis in natural logarithms. */
function widthUnit(input: Input): number {
  if (input.kind === "categorical") return 1;
  return input.isLog === true ? Math.log(input.max / input.min) : input.max - input.min;
}

/** The best measured value of a single objective and where. */
export function describeBest(model: CampaignModel): BestResult {
  const objectives = model.quantities.filter((q) => q.role === "objective");
  const only = objectives.length === 1 ? objectives[0] : undefined;
  if (only === undefined) return {};
  const feasible = model.rows.filter((row) => model.isFeasible(row));
  const value = (k: number): number => feasible[k]?.values.get(only.name)?.value ?? 0;
  let best = 0;
  for (let k = 1; k < feasible.length; k++) if (value(k) > value(best)) best = k;
  const row = feasible[best];
  if (row === undefined) return {};
  return {
    best: only.sign * value(best),
    bestCandidateId: row.result.candidateId,
    bestParameters: row.result.parameters,
  };
}

/** Front and hypervolume of several objectives, in the user's units. */
export function describeFront(model: CampaignModel, settings: LearningSettings): ParetoView {
  const objectives = model.quantities.filter((q) => q.role === "objective");
  if (objectives.length < 2) return {};
  const front = findFront(model, settings.objectives);
  const named = (values: readonly number[]): Record<string, number> =>
    Object.fromEntries(objectives.map(({ name, sign }, j) => [name, sign * (values[j] ?? 0)]));
  return {
    hypervolume: front.hypervolume,
    reference: named(front.reference),
    front: front.rows.map((row, k) => ({
      candidateId: row.result.candidateId,
      parameters: row.result.parameters,
      values: named(front.values[k] ?? []),
    })),
  };
}
