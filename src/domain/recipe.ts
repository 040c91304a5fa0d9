import type { Parameters } from "./candidate.ts";
import { convertNeatly } from "./limits/fit-set-points.ts";
import { haveSameDimension, unitOfName, unitsOfName } from "./limits/named-unit.ts";
import type { AskedNumber } from "./people.ts";

/**
 * Where a job's set point comes from: a constant, or an axis of the candidate. `unit` (UCUM) says what the number is in
 * where the name does not.
 */
export type ParameterSource =
  | number
  | string
  | { readonly axis: string; readonly unit?: string | undefined }
  | { readonly value: number; readonly unit: string };

/** One step of a recipe: a job for any instrument that announces the capability. */
export interface RecipeStep {
  readonly capability: string;
  readonly parameters: Readonly<Record<string, ParameterSource>>;
  /** How long an accepted job may run before it is overdue, s. */
  readonly timeLimit_s: number;
  /** How long its instrument may hold it before it is cancelled, s; absent: {@link HELD_LIMIT_s}. */
  readonly heldLimit_s?: number | undefined;
  /** True where doing it twice harms nothing (a measurement, a simulation); an unknown job is then repeated by itself. */
  readonly repeatable: boolean;
  /** How often a failed attempt is tried again. */
  readonly retries: number;
  /** When an instrument that takes several samples at once begins; absent: see {@link LoadRule}. */
  readonly load?: LoadRule | undefined;
  /** Present where no instrument does it: it stands on the list of the people at the bench. */
  readonly by?: "person" | undefined;
  /** Of a person's step: what is to be done, where the sample lies, which numbers are asked for. */
  readonly instructions?: string | undefined;
  readonly place?: string | undefined;
  readonly asks?: readonly AskedNumber[] | undefined;
}

/**
 * Whether a load begins that has room left. It begins when it is full, has `fill_min` samples or has waited `wait_s` since its
 * first sample and a free instrument were there; and at once where no further sample can come.
 */
export interface LoadRule {
  /** Absent: only a full one need not wait. */
  readonly fill_min?: number | undefined;
  /** Absent: the time of the instrument that the empty places would waste: how long its last job took x empty places / capacity. */
  readonly wait_s?: number | undefined;
}

/** Long enough for a person to change a crucible; longer, and the sample is another one. */
export const HELD_LIMIT_s = 3600;

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

/**
 * The set points of one step for one candidate, each in the unit that its own name states; a name that states none, or
 * one of another kind (`mismatchedSource`), keeps the number of its source. What an axis lacks is NaN, which no limit lets by.
 */
export function resolveParameters(step: RecipeStep, candidate: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(step.parameters).map(([name, source]) => [
      name,
      resolveSource(name, source, candidate),
    ]),
  );
}

/** Units of the set points whose names state none, as far as the recipe or the axis does. */
export function statedUnits(step: RecipeStep): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(step.parameters).flatMap(([name, source]) => {
      const unit = unitOfSource(source);
      return unit === undefined || unitsOfName(name).length > 0 ? [] : [[name, unit]];
    }),
  );
}

/** The unit that the source of a set point states: written beside it, or in the name of its axis. */
export function unitOfSource(source: ParameterSource): string | undefined {
  if (typeof source !== "object") return undefined;
  return source.unit ?? ("axis" in source ? unitOfName(source.axis) : undefined);
}

function resolveSource(
  name: string,
  source: ParameterSource,
  candidate: Parameters,
): number | string {
  if (typeof source !== "object") return source;
  const value = "value" in source ? source.value : (candidate[source.axis] ?? Number.NaN);
  const from = unitOfSource(source);
  if (typeof value === "string" || from === undefined) return value;
  const to = unitOfName(name, from);
  if (to === undefined || to === from) return value;
  return convertNeatly(value, from, to) ?? value;
}

/** A set point whose source is in a unit of another kind than its name states: no number can be right for both. */
export function mismatchedSource(step: RecipeStep): string | undefined {
  for (const [name, source] of Object.entries(step.parameters)) {
    const from = unitOfSource(source);
    const to = from === undefined ? undefined : unitOfName(name, from);
    if (from === undefined || to === undefined || haveSameDimension(from, to)) continue;
    return `${name} is in ${to} by its name, but gets a number in ${from} (TL-3105)`;
  }
  return undefined;
}
