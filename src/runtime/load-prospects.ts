import type { CampaignContext, JobContext } from "../../machines/index.ts";
import type { Parameters } from "../domain/candidate.ts";
import { jobName } from "../domain/job.ts";
import { type Recipe, type RecipeStep, resolveParameters } from "../domain/recipe.ts";
import { type Lab, stateName } from "./lab.ts";

/**
 * Whether a further sample could still join the load of this job: one of its campaign that is on its way to the same step with
 * the same shared set points, or a point that the campaign will put forward, where those set points are the same for all.
 */
export function mayMoreCome(
  lab: Lab,
  job: JobContext,
  shared: ReadonlySet<string> | undefined,
): boolean {
  const campaign = lab.machines.campaign.get(job.campaignId)?.context;
  const recipe = lab.machines.experiment.get(job.experimentId)?.context.recipe;
  const own = recipe?.steps[job.step];
  if (campaign === undefined || own === undefined) return false;
  const seen = { before: 0, behind: 0 };
  for (const { experimentId } of campaign.open) {
    if (campaign.waiting.includes(experimentId)) continue;
    const where = placeOf(lab, experimentId, { job, shared });
    if (where !== undefined) seen[where]++;
  }
  if (seen.before > 0) return true;
  return isSameForAll(own, shared) && willPropose(lab, campaign, seen.behind > 0);
}

/** Whether an open experiment will want such a load, or is through with that step; `undefined`: it waits beside, or elsewhere. */
function placeOf(
  lab: Lab,
  experimentId: string,
  { job, shared }: { readonly job: JobContext; readonly shared: ReadonlySet<string> | undefined },
): "before" | "behind" | undefined {
  const experiment = lab.machines.experiment.get(experimentId)?.context;
  if (experiment === undefined) return undefined;
  const { recipe, step, parameters } = experiment;
  const at = recipe.steps.findIndex(({ capability }) => capability === job.capability);
  if (at < 0 || at < step) return "behind";
  const current = lab.machines.job.get(jobName(experimentId, step));
  const isHere = at === step;
  if (isHere && (current === undefined || stateName(current) !== "retryWait")) {
    // On an instrument it comes out behind this step; queued it is counted already, or does not fit.
    return current !== undefined && stateName(current) === "queued" ? undefined : "behind";
  }
  const asks = resolveParameters(recipe.steps[at] as RecipeStep, parameters);
  return isSame(asks, job.parameters, shared) ? "before" : undefined;
}

function isSame(a: Parameters, b: Parameters, shared: ReadonlySet<string> | undefined): boolean {
  const names = Object.keys({ ...a, ...b }).filter((name) => shared?.has(name) ?? true);
  return names.every((name) => a[name] === b[name]);
}

/** No shared set point comes from an axis: whatever point is proposed could join. */
function isSameForAll(
  { parameters }: Recipe["steps"][number],
  shared: ReadonlySet<string> | undefined,
): boolean {
  return Object.entries(parameters).every(
    ([name, source]) =>
      !(shared?.has(name) ?? true) || typeof source !== "object" || !("axis" in source),
  );
}

/** The planner is asked, or will be as soon as an experiment that is behind this step ends. */
function willPropose(lab: Lab, campaign: CampaignContext, comesFree: boolean): boolean {
  const machine = lab.machines.campaign.get(campaign.campaignId);
  const { budget, observed, open, ending, hindrance, request } = campaign;
  const made = open.filter(({ sample }) => sample === undefined).length;
  const isOver = ending !== undefined || hindrance !== undefined || budget - observed - made <= 0;
  if (machine === undefined || stateName(machine) !== "running" || isOver) return false;
  return comesFree || (request?.count ?? 0) > 0;
}
