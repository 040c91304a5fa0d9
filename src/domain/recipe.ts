import type { Parameters } from "./candidate.ts";

/** Where a job's set point comes from: a constant, or an axis of the candidate. */
export type ParameterSource = number | string | { readonly axis: string };

/** One step of a recipe: a job for any instrument that announces the capability. */
export interface RecipeStep {
  readonly capability: string;
  readonly parameters: Readonly<Record<string, ParameterSource>>;
  /** How long an accepted job may run before it is overdue, s. */
  readonly timeLimit_s: number;
  /** True where doing it twice harms nothing (a measurement, a simulation); an unknown job is then repeated by itself. */
  readonly repeatable: boolean;
  /** How often a failed attempt is tried again. */
  readonly retries: number;
}

/** What one proposed point asks for: ordered steps on one tracked sample; the observation comes from the last. */
export interface Recipe {
  readonly steps: readonly RecipeStep[];
}

/** The recipe that a point asks for: the campaign's own, or the alternative that it names. */
export function recipeOf(
  campaign: {
    readonly recipe: Recipe;
    readonly alternatives?: Readonly<Record<string, Recipe>> | undefined;
  },
  name: string | undefined,
): Recipe {
  return (name === undefined ? undefined : campaign.alternatives?.[name]) ?? campaign.recipe;
}

/** The set points of one step for one candidate. */
export function resolveParameters(step: RecipeStep, candidate: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(step.parameters).map(([name, source]) => [
      name,
      typeof source === "object" ? (candidate[source.axis] ?? Number.NaN) : source,
    ]),
  );
}
