import type { CampaignSpec } from "./campaign.ts";
import { unitsOfName } from "./limits/named-unit.ts";
import { recipeOf } from "./recipe.ts";

/**
 * Units (UCUM) of the axes whose names state none, as far as the campaign's limits or recipe tell: `{ T: "K" }` where a step says
 * `temperature_K: { axis: T }`, or its limit `{ max: 900, unit: K }`.
 */
export function axisUnits(
  spec: Pick<CampaignSpec, "recipe" | "alternatives" | "limits">,
): Readonly<Record<string, string>> {
  const units: Record<string, string> = {};
  const tell = (axis: string, unit: string | undefined): void => {
    if (unit === undefined || unit === "1" || unitsOfName(axis).length > 0) return;
    units[axis] ??= unit;
  };
  for (const [axis, { unit }] of Object.entries(spec.limits)) tell(axis, unit);
  const recipes = [undefined, ...Object.keys(spec.alternatives ?? {})];
  for (const { steps } of recipes.map((name) => recipeOf(spec, name)))
    for (const { parameters } of steps)
      for (const [name, source] of Object.entries(parameters))
        if (typeof source === "object" && "axis" in source)
          tell(source.axis, source.unit ?? unitsOfName(name)[0]);
  return units;
}
