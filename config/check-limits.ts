import { suggestName } from "../src/core/near-name.ts";
import { namesOfCondition } from "../src/domain/limits/condition.ts";
import { findUnitClash, haveSameDimension, unitOfName } from "../src/domain/limits/named-unit.ts";
import { unitOfSource } from "../src/domain/recipe.ts";
import type { CrossProblem } from "./cross-problem.ts";
import type { CampaignConfiguration } from "./schema.ts";

type Path = readonly PropertyKey[];

/**
 * What limits, conditions, units and plausible ranges of a campaign say about each other: a limit that nothing carries is
 * no limit, and a number in another unit than it is taken for is a wrong one.
 */
export function checkLimits(
  campaign: CampaignConfiguration,
  axes: readonly string[],
  path: Path,
): CrossProblem[] {
  return [
    ...checkNames(campaign, axes, path),
    ...checkConditions(campaign, axes, path),
    ...checkUnits(campaign, path),
    ...checkObjectives(campaign, path),
  ];
}

/** Recipes with their place in the configuration. */
function recipesOf(campaign: CampaignConfiguration) {
  return [
    { at: ["recipe"], steps: campaign.recipe },
    ...Object.entries(campaign.alternatives ?? {}).map(([name, steps]) => ({
      at: ["alternatives", name],
      steps: steps ?? [],
    })),
  ];
}

function setPointsOf(campaign: CampaignConfiguration): string[] {
  const names = recipesOf(campaign).flatMap(({ steps }) =>
    steps.flatMap((step) => Object.keys(step.parameters)),
  );
  return [...new Set(names)];
}

function checkNames(
  campaign: CampaignConfiguration,
  axes: readonly string[],
  path: Path,
): CrossProblem[] {
  const carried = [...new Set([...axes, ...setPointsOf(campaign)])];
  return Object.entries(campaign.limits).flatMap(([name, { unit }]) => {
    const at = [...path, "limits", name];
    if (!carried.includes(name)) {
      const text = `no axis and no set point is called ${name}, so this limits nothing; ${suggestName(name, carried)}`;
      return [{ path: at, text }];
    }
    const text = findUnitClash(name, unit);
    return text === undefined ? [] : [{ path: [...at, "unit"], text }];
  });
}

function checkConditions(
  campaign: CampaignConfiguration,
  axes: readonly string[],
  path: Path,
): CrossProblem[] {
  const carried = [...new Set([...axes, ...setPointsOf(campaign)])];
  return (campaign.conditions ?? []).flatMap((condition, k) => {
    const at = [...path, "conditions", k];
    const names = namesOfCondition(condition);
    const unknown = names.filter((name) => !carried.includes(name));
    if (unknown.length > 0) {
      return unknown.map((name) => ({
        path: at,
        text: `no axis and no set point is called ${name}; ${suggestName(name, carried)}`,
      }));
    }
    const further = names.filter((name) => !axes.includes(name));
    return recipesOf(campaign).flatMap(({ at: recipe, steps }) => {
      const own = new Set(steps.flatMap((step) => Object.keys(step.parameters)));
      const missing = further.filter((name) => !own.has(name));
      if (missing.length === 0 || missing.length === further.length) return [];
      const text = `${missing.join(", ")} is no set point of ${recipe.join(".")}, so this cannot be told there`;
      return [{ path: at, text }];
    });
  });
}

/** The unit of an axis or beside a number, and the unit that the set point's name says. */
function checkUnits(campaign: CampaignConfiguration, path: Path): CrossProblem[] {
  return recipesOf(campaign).flatMap(({ at, steps }) =>
    steps.flatMap((step, k) =>
      Object.entries(step.parameters).flatMap(([name, source]) => {
        const stated = unitOfSource(source);
        const own = stated === undefined ? undefined : unitOfName(name, stated);
        if (stated === undefined || own === undefined || haveSameDimension(own, stated)) return [];
        const isNamed = typeof source === "object" && source.unit === undefined;
        const cure = isNamed ? `; if the axis is in ${own}, write unit: ${own} beside it` : "";
        const text = `${name} is in ${own} by its name, but gets a number in ${stated}${cure}`;
        return [{ path: [...path, ...at, k, "parameters", name], text }];
      }),
    ),
  );
}

function checkObjectives(campaign: CampaignConfiguration, path: Path): CrossProblem[] {
  if (campaign.goal !== "optimise") return [];
  const named = [
    ...campaign.model.objectives.map((one, k) => ({ one, at: ["model", "objectives", k] })),
    ...(campaign.model.constraints ?? []).map((one, k) => ({
      one,
      at: ["model", "constraints", k],
    })),
  ];
  return named.flatMap(({ one: { name, unit }, at }) => {
    const text = findUnitClash(name, unit);
    return text === undefined ? [] : [{ path: [...path, ...at, "unit"], text }];
  });
}
