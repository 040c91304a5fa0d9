import type { CampaignCommon } from "../campaign.ts";
import type { Limits, Parameters } from "../candidate.ts";
import type { Capability } from "../instrument.ts";
import {
  mismatchedSource,
  type Recipe,
  recipeOf,
  resolveParameters,
  statedUnits,
} from "../recipe.ts";
import { namesOfCondition, violationOfCondition } from "./condition.ts";
import { type Order, refusalByLimits } from "./fit-set-points.ts";

type Limited = Pick<CampaignCommon, "limits" | "conditions" | "recipe" | "alternatives">;

/**
 * Why a campaign's own limits and conditions forbid a point; `undefined` where they do not. Looked at: the candidate's
 * axes, the set points of every step of the recipe that it asks for, and what the conditions join of both.
 */
export function refusalOfPoint(
  campaign: Limited,
  point: { readonly parameters: Parameters; readonly recipe?: string | undefined },
  whose: string,
): string | undefined {
  const recipe = recipeOf(campaign, point.recipe);
  const missing = uncarriedLimit(campaign);
  if (missing !== undefined)
    return `${whose} limits ${missing}, which no axis and no set point is called (TL-3106).`;
  return (
    refusalByLimits({ parameters: point.parameters }, campaign.limits, whose) ??
    firstOf(recipe.steps, mismatchedSource) ??
    firstOf(recipe.steps, (step) =>
      refusalByLimits(
        { parameters: resolveParameters(step, point.parameters), units: statedUnits(step) },
        campaign.limits,
        whose,
      ),
    ) ??
    firstOf(campaign.conditions ?? [], (condition) => {
      const names = namesOfCondition(condition);
      if (!concerns(names, recipe, point.parameters)) return undefined;
      return firstOf(valuesByStep(recipe, point.parameters), (values) => {
        const broken = violationOfCondition(condition, values);
        return broken === undefined ? undefined : `${whose} refuses this: ${broken} (TL-3104).`;
      });
    })
  );
}

/** The first name of the limits and conditions that neither an axis nor a set point of any recipe carries: it limits nothing. */
function uncarriedLimit(campaign: Limited & { readonly space?: CampaignCommon["space"] }) {
  const names = [
    ...Object.keys(campaign.limits),
    ...(campaign.conditions ?? []).flatMap(namesOfCondition),
  ];
  if (names.length === 0) return undefined;
  const carried = new Set(namesOfCampaign(campaign));
  return names.find((name) => !carried.has(name));
}

/** Asked for every job that waits, of a few campaigns. */
const namesKnown = new WeakMap<object, readonly string[]>();

/** Every name that a limit or a condition of the campaign may speak of: axes and set points of all its recipes. */
export function namesOfCampaign(
  campaign: Limited & { readonly space?: CampaignCommon["space"] },
): readonly string[] {
  const known = namesKnown.get(campaign);
  if (known !== undefined) return known;
  const names = listNames(campaign);
  namesKnown.set(campaign, names);
  return names;
}

function listNames(campaign: Limited & { readonly space?: CampaignCommon["space"] }): string[] {
  const recipes = [campaign.recipe, ...Object.values(campaign.alternatives ?? {})];
  const steps = recipes.flatMap((recipe) => recipe.steps);
  const axes = campaign.space === undefined ? [] : axisNames(campaign.space);
  return [...new Set([...axes, ...steps.flatMap((step) => Object.keys(step.parameters))])];
}

/** Names of a candidate's parameters. */
function axisNames(space: CampaignCommon["space"]): string[] {
  switch (space.kind) {
    case "grid":
    case "box":
      return space.axes.map((axis) => axis.name);
    case "simplex-grid":
      return [...space.components, ...(space.further ?? []).map((axis) => axis.name)];
    case "table":
      return Object.keys(space.rows[0] ?? {});
  }
}

/** A condition about set points concerns the recipes that have any of them; one about axes alone concerns all. */
function concerns(names: readonly string[], recipe: Recipe, axes: Parameters): boolean {
  const further = names.filter((name) => !Object.hasOwn(axes, name));
  if (further.length === 0) return true;
  return further.some((name) => recipe.steps.some((step) => Object.hasOwn(step.parameters, name)));
}

/** What each step sees: the axes, the set points of the other steps, and its own, which win. */
function valuesByStep(recipe: Recipe, candidate: Parameters): Parameters[] {
  const resolved = recipe.steps.map((step) => resolveParameters(step, candidate));
  const all = Object.assign({}, candidate, ...resolved) as Parameters;
  return resolved.map((own) => ({ ...all, ...own }));
}

/** Why limits and conditions of one instrument's configuration forbid these set points. */
export function refusalByInstrument(
  order: Order,
  policy: { readonly limits: Limits; readonly conditions?: CampaignCommon["conditions"] },
  about: { readonly whose: string; readonly declared: Capability["parameters"] },
): string | undefined {
  const { whose, declared } = about;
  return (
    refusalByLimits(order, policy.limits, whose, declared) ??
    firstOf(policy.conditions ?? [], (condition) => {
      const names = namesOfCondition(condition);
      if (!names.some((name) => Object.hasOwn(order.parameters, name))) return undefined;
      const broken = violationOfCondition(condition, order.parameters);
      return broken === undefined ? undefined : `${whose} refuses this: ${broken} (TL-3104).`;
    })
  );
}

function firstOf<Item>(
  items: readonly Item[],
  find: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
