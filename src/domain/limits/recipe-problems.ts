import { suggestName } from "../../core/near-name.ts";
import type { CampaignSpec } from "../campaign.ts";
import type { Parameters } from "../candidate.ts";
import type { Capability, SetPointDeclaration } from "../instrument.ts";
import { type RecipeStep, resolveParameters, statedUnits, unitOfSource } from "../recipe.ts";
import { refusalOfAxis } from "./axis-problems.ts";
import { refusalByInstrument } from "./campaign-limits.ts";
import { fitSetPoints, type Order } from "./fit-set-points.ts";
import { LEARNT } from "./judge-result.ts";
import type { BirthProblem, Laboratory } from "./known-laboratory.ts";
import { haveSameDimension, unitOfName } from "./named-unit.ts";

/**
 * What every point of a campaign would stumble over: a step that no known instrument can do, for what is the same in all
 * points (names, units, constants, axes that lie outside), or whose results its goal cannot use. Where one instrument can, the others are left alone.
 */
export function findRecipeProblems(campaign: CampaignSpec, laboratory: Laboratory): BirthProblem[] {
  const { campaignId } = campaign;
  const recipes = [
    { at: ["recipe"], steps: campaign.recipe.steps, isOnly: true },
    ...Object.entries(campaign.alternatives ?? {}).map(([name, { steps }]) => ({
      at: ["alternatives", name],
      steps,
      isOnly: false,
    })),
  ];
  return recipes.flatMap(({ at, steps }) =>
    steps.flatMap((step, k): BirthProblem[] => {
      const path = ["campaigns", campaignId, ...at, k];
      const about = { campaign, isLast: k === steps.length - 1, laboratory };
      return stepProblems(step, about).map(({ where, text }) => ({
        path: [...path, ...where],
        text,
        campaignId,
      }));
    }),
  );
}

interface StepProblem {
  readonly where: readonly string[];
  readonly text: string;
}

interface StepPlace {
  readonly campaign: CampaignSpec;
  /** The observation comes from the last. */
  readonly isLast: boolean;
  readonly laboratory: Laboratory;
}

function stepProblems(step: RecipeStep, place: StepPlace): StepProblem[] {
  const { laboratory } = place;
  const { births, policies, isSettled } = laboratory;
  if (step.by === "person") return [];
  let first: StepProblem[] | undefined;
  for (const [id, { capabilities }] of births) {
    const capability = capabilities.find((one) => one.name === step.capability);
    if (capability === undefined) continue;
    const own = problemsOn(step, capability, id, policies[id]);
    const found = own.length > 0 ? own : furtherProblems(step, capability, id, place);
    if (found.length === 0) return [];
    first ??= found;
  }
  return first ?? (isSettled ? capabilityProblem(step, births) : []);
}

function capabilityProblem(step: RecipeStep, births: Laboratory["births"]): StepProblem[] {
  if (births.size === 0) return [];
  const offered = [...births.values()].flatMap((one) => one.capabilities.map(({ name }) => name));
  const names = [...new Set(offered)].sort();
  const text = `no instrument offers "${step.capability}": ${suggestName(step.capability, names)}`;
  return [{ where: ["capability"], text }];
}

/** What only runs of today look at: what the step brings, and axes that pass at no value. */
function furtherProblems(
  step: RecipeStep,
  capability: Capability,
  whose: string,
  { campaign, isLast, laboratory }: StepPlace,
): StepProblem[] {
  const { interprets, policies } = laboratory;
  if (interprets === undefined) return [];
  const needed = LEARNT[campaign.goal];
  const brought = capability.results.flatMap((kind) => [
    kind,
    ...interprets.filter(({ takes }) => takes === kind).map(({ gives }) => gives),
  ]);
  const isUsable = needed.some((kind) => brought.includes(kind));
  if (isLast && brought.length > 0 && !isUsable) {
    const what = `${whose} brings ${capability.results.join(", ")} from ${capability.name}`;
    const why = `the goal ${campaign.goal} learns from ${needed.join(" or ")}`;
    const text = `${what}, but ${why}: its results would teach nothing`;
    return [{ where: ["capability"], text }];
  }
  return Object.keys(step.parameters).flatMap((name): StepProblem[] => {
    const refuse = refuserOf(name, capability, whose, policies[whose]);
    const text = refusalOfAxis(step, name, campaign.space, refuse);
    return text === undefined ? [] : [{ where: ["parameters", name], text }];
  });
}

/** Each set point for itself, so that several mistakes of one step are told at once. */
function problemsOn(
  step: RecipeStep,
  capability: Capability,
  whose: string,
  policy: Laboratory["policies"][string] | undefined,
): StepProblem[] {
  const { parameters: declared } = capability;
  const missing = Object.keys(declared).flatMap((name): StepProblem[] =>
    declared[name]?.required === true && !Object.hasOwn(step.parameters, name)
      ? [{ where: ["parameters"], text: `${whose} needs ${name}, which this step does not give` }]
      : [],
  );
  const wrong = Object.keys(step.parameters).flatMap((name): StepProblem[] => {
    const text = setPointProblem(step, name, capability, whose, policy);
    return text === undefined ? [] : [{ where: ["parameters", name], text }];
  });
  const found = [...missing, ...wrong];
  return found.length > 0 ? found : constantsProblem(step, capability, whose);
}

/** What only the constants together break: a ramp. */
function constantsProblem(step: RecipeStep, capability: Capability, whose: string): StepProblem[] {
  const constants = Object.fromEntries(
    Object.entries(step.parameters).filter(
      ([, source]) => typeof source !== "object" || "value" in source,
    ),
  );
  const alone = { ...step, parameters: constants };
  const order = { parameters: resolveParameters(alone, NOTHING), units: statedUnits(alone) };
  const optional = Object.entries(capability.parameters).map(
    ([name, declaration]) => [name, { ...declaration, required: false }] as const,
  );
  const lenient = { ...capability, parameters: Object.fromEntries(optional) };
  const fitting = fitSetPoints(order, lenient, whose);
  return fitting.kind === "fits" ? [] : [{ where: ["parameters"], text: fitting.reason }];
}

function setPointProblem(
  step: RecipeStep,
  name: string,
  { parameters: declared, others }: Capability,
  whose: string,
  policy: Laboratory["policies"][string] | undefined,
): string | undefined {
  const source = step.parameters[name];
  const declaration = Object.hasOwn(declared, name) ? declared[name] : others;
  if (source === undefined) return undefined;
  if (declaration === undefined)
    return `${whose} takes no set point ${name}: ${suggestName(name, Object.keys(declared))}`;
  const isFromAxis = typeof source === "object" && "axis" in source;
  if (isFromAxis) return unitProblem(name, unitOfSource(source), declaration, whose);
  const alone = { ...step, parameters: { [name]: source } };
  const order = { parameters: resolveParameters(alone, NOTHING), units: statedUnits(alone) };
  return refuserOf(name, { parameters: declared, others }, whose, policy)(order);
}

/** Why an instrument refuses an order of this set point alone: by its birth, then by its configuration. */
function refuserOf(
  name: string,
  { parameters: declared, others }: Pick<Capability, "parameters" | "others">,
  whose: string,
  policy: Laboratory["policies"][string] | undefined,
): (order: Order) => string | undefined {
  const declaration = Object.hasOwn(declared, name) ? declared[name] : others;
  const optional = { ...declaration, required: false };
  return (order) => {
    const fitting = fitSetPoints(order, { parameters: { [name]: optional } }, whose);
    if (fitting.kind === "refused") return fitting.reason;
    if (policy === undefined) return undefined;
    return refusalByInstrument(order, { limits: policy.limits }, { whose, declared });
  };
}

const NOTHING: Parameters = {};

function unitProblem(
  name: string,
  stated: string | undefined,
  { unit, type }: SetPointDeclaration,
  whose: string,
): string | undefined {
  const own = unitOfName(name, unit ?? stated) ?? stated;
  if (stated !== undefined && own !== undefined && !haveSameDimension(stated, own))
    return `the axis is in ${stated}, but the name ${name} says ${own}: write { axis: ..., unit: ... }`;
  if (own === undefined || unit === undefined || type === "text" || type === "choice")
    return undefined;
  return haveSameDimension(own, unit)
    ? undefined
    : `${whose} declares ${name} in ${unit}, but it is given in ${own}: correct the one that is wrong`;
}
