import type { Limits } from "./candidate.ts";
import type { GoalSettings } from "./goal-settings.ts";
import type { CampaignId } from "./identifiers.ts";
import type { Condition } from "./limits/condition.ts";
import type { Guard } from "./limits/guard.ts";
import type { OpeningHours } from "./opening-hours.ts";
import type { Recipe } from "./recipe.ts";
import type { SearchSpace } from "./search-space.ts";

export type Approval = "automatic" | "supervised";

/** What every campaign has, whatever its goal. Fixed once the campaign is defined; part of the log. */
export interface CampaignCommon {
  readonly campaignId: CampaignId;
  readonly title: string;
  /** How people call phases, by their ids: shown on page, pictures and report; log and tables keep the ids. */
  readonly names?: Readonly<Record<string, string>> | undefined;
  readonly seed: string;
  /** Number of experiments that may be spent. */
  readonly budget: number;
  /** How many experiments are kept in flight. */
  readonly inFlight: number;
  /** Points asked for at once: `inFlight` tops up after each result, a larger barrier waits for the whole batch. */
  readonly waitForWholeBatch: boolean;
  readonly approval: Approval;
  /** An approved point whose first job has not started within this time waits again; absent or 0: never. */
  readonly approvalExpires_s?: number | undefined;
  /** When approvals are taken and jobs may start, by the laboratory's time zone; absent: at any time. */
  readonly hours?: OpeningHours | undefined;
  readonly space: SearchSpace;
  readonly recipe: Recipe;
  /** Other ways to learn about a point, by name: a proposal may choose one for each of its points. */
  readonly alternatives?: Readonly<Record<string, Recipe>> | undefined;
  readonly limits: Limits;
  /** Limits on several set points at once. */
  readonly conditions?: readonly Condition[] | undefined;
  /** What must hold of the instruments' readings while the campaign works with them. */
  readonly guards?: readonly Guard[] | undefined;
  /** Experiments in a row that may end without a result before the campaign is suspended. */
  readonly failuresInARow_max: number;
}

/** A campaign: the question, where it may be asked, how it is answered, and what may be spent. */
export type CampaignSpec = CampaignCommon & GoalSettings;

/** Points that are asked for at once, so that they share a setting and fill a load; `undefined`: each for itself. */
export function pointsTogether({ recipe, ...spec }: CampaignSpec): number | undefined {
  const isShared = "shared" in spec.model && spec.model.shared !== undefined;
  const least = Math.max(1, ...recipe.steps.map(({ load }) => load?.fill_min ?? 1));
  return isShared && least > 1 ? least : undefined;
}

export type Goal = GoalSettings["goal"];

const EVERY: Readonly<Record<Goal, true>> = {
  "phase-diagram": true,
  optimise: true,
  "structure-map": true,
  "effective-model": true,
};

/** Names of all goals, in the order in which the contract lists them. */
export const GOALS = Object.keys(EVERY) as [Goal, ...Goal[]];
