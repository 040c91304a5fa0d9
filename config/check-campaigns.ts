import { CANDIDATES_MAX } from "../src/domain/search-space.ts";
import { checkLimits } from "./check-limits.ts";
import { checkLoads } from "./check-loads.ts";
import { checkVegard } from "./check-vegard.ts";
import type { CrossProblem } from "./cross-problem.ts";
import { GOAL_RULES } from "./goal-schemas.ts";
import type { CampaignConfiguration } from "./schema.ts";

/** Rules between the parts of a configuration: names that must match, sizes that multiply. */
export function checkCampaigns(
  campaigns: readonly { readonly campaign: CampaignConfiguration; readonly index: number }[],
): CrossProblem[] {
  const ids = campaigns.map(({ campaign }) => campaign.id);
  return campaigns.flatMap(({ campaign, index }, k) => {
    const path = ["campaigns", index] as const;
    const twice = ids.indexOf(campaign.id) < k;
    return [
      ...(twice
        ? [
            {
              path: [...path, "id"],
              text: `the id "${campaign.id}" is used twice; give each campaign its own`,
            },
          ]
        : []),
      ...checkRecipe(campaign, path),
      ...checkSize(campaign, path),
      ...checkOptimisation(campaign, path),
      ...checkVegard(campaign, axisNames(campaign.space), path),
      ...checkLoads(campaign, path),
      ...checkLimits(campaign, axisNames(campaign.space), path),
    ];
  });
}

/** Names of a candidate's parameters. */
function axisNames(space: CampaignConfiguration["space"]): string[] {
  switch (space.kind) {
    case "grid":
    case "box":
      return space.axes.map((axis) => axis.name);
    case "simplex-grid":
      return [...space.components, ...(space.further ?? []).map((axis) => axis.name)];
    case "table":
      return [...space.axes];
  }
}

function checkRecipe(
  campaign: CampaignConfiguration,
  path: readonly PropertyKey[],
): CrossProblem[] {
  const names = axisNames(campaign.space);
  const recipes = [
    { at: ["recipe"], steps: campaign.recipe },
    ...Object.entries(campaign.alternatives ?? {}).map(([name, steps]) => ({
      at: ["alternatives", name],
      steps,
    })),
  ];
  const misplaced =
    campaign.alternatives !== undefined && !GOAL_RULES[campaign.goal].alternatives
      ? [
          {
            path: [...path, "alternatives"],
            text: "alternatives are for goal: structure-map; remove them",
          },
        ]
      : [];
  const unknown = recipes.flatMap(({ at, steps }) =>
    steps.flatMap((step, k) =>
      Object.entries(step.parameters).flatMap(([parameter, source]) => {
        if (typeof source !== "object" || !("axis" in source) || names.includes(source.axis))
          return [];
        const text = `there is no axis "${source.axis}"; the axes of the space are ${names.join(", ")}`;
        return [{ path: [...path, ...at, k, "parameters", parameter, "axis"], text }];
      }),
    ),
  );
  return [...misplaced, ...unknown];
}

/** An optimisation's settings name axes; a misspelt name would only be found when the planner starts. */
function checkOptimisation(
  campaign: CampaignConfiguration,
  path: readonly PropertyKey[],
): CrossProblem[] {
  if (campaign.goal !== "optimise") return [];
  const { model } = campaign;
  const axes = axisNames(campaign.space);
  const named: readonly (readonly [string, readonly string[]])[] = [
    ["inputs", model.inputs ?? []],
    ["logInputs", model.logInputs ?? []],
    ["cost", model.cost === undefined ? [] : [model.cost]],
    ["shared", model.shared === undefined ? [] : [model.shared]],
    [
      "inputConstraints",
      (model.inputConstraints ?? []).flatMap((c) => Object.keys(c.coefficients)),
    ],
  ];
  const unknown = named.flatMap(([key, names]) =>
    names
      .filter((name) => !axes.includes(name))
      .map((name) => ({
        path: [...path, "model", key],
        text: `there is no axis "${name}"; the axes of the space are ${axes.join(", ")}`,
      })),
  );
  const targets = model.objectives.flatMap(({ name, direction, range }, k) =>
    direction === "target" && range === undefined
      ? [{ path: [...path, "model", "objectives", k], text: `${name} needs range: { min, max }` }]
      : [],
  );
  return [...unknown, ...targets];
}

function checkSize(campaign: CampaignConfiguration, path: readonly PropertyKey[]): CrossProblem[] {
  const size = spaceSize(campaign.space);
  if (size === undefined) return [];
  const problems: CrossProblem[] = [];
  if (size > CANDIDATES_MAX) {
    const text = `the space has ${size} candidates; ${CANDIDATES_MAX} are allowed: take larger steps`;
    problems.push({ path: [...path, "space"], text });
  }
  if (campaign.budget > size) {
    const text = `the budget (${campaign.budget}) is larger than the number of candidates (${size})`;
    problems.push({ path: [...path, "budget"], text });
  }
  return problems;
}

function spaceSize(space: CampaignConfiguration["space"]): number | undefined {
  const product = (axes: readonly { readonly values: readonly number[] }[]): number =>
    axes.reduce((count, axis) => count * axis.values.length, 1);
  if (space.kind === "grid") return product(space.axes);
  if (space.kind !== "simplex-grid") return undefined;
  const divisions = Math.round(1 / space.step);
  let points = 1;
  for (let k = 1; k < space.components.length; k++) points = (points * (divisions + k)) / k;
  return Math.round(points) * product(space.further ?? []);
}
