import type { Goal } from "../domain/campaign.ts";
import type { GoalSettings } from "../domain/goal-settings.ts";

type ModelOf<G extends Goal> = Extract<GoalSettings, { readonly goal: G }>["model"];

/** How a goal is shown. */
export interface GoalShow<G extends Goal> {
  /** Its results are phases or structures over the candidates: a map is drawn. */
  readonly hasMap: boolean;
  /** Its results are simulations that can be looked into. */
  readonly hasSimulations: boolean;
  /** The question that its campaigns ask. */
  question(model: ModelOf<G>): string;
}

/** Every goal is shown somehow: a goal that is forgotten here does not compile. */
export const GOAL_VIEWS: { readonly [G in Goal]: GoalShow<G> } = {
  "phase-diagram": {
    hasMap: true,
    hasSimulations: false,
    question: () => "Which phases are stable where?",
  },
  "structure-map": {
    hasMap: true,
    hasSimulations: true,
    question: () => "Which structures form where?",
  },
  optimise: {
    hasMap: false,
    hasSimulations: false,
    question: ({ objectives }) => {
      const wishes = objectives.map(({ name, direction, range }) =>
        direction === "target"
          ? `${name} between ${range?.min ?? "…"} and ${range?.max ?? "…"}`
          : `${name} ${direction === "min" ? "smallest" : "largest"}`,
      );
      return `Where is ${wishes.join(" and ")}?`;
    },
  },
  "effective-model": {
    hasMap: false,
    hasSimulations: false,
    question: () =>
      "Which couplings explain the measured curves, and how large is what follows from them?",
  },
};

/** The question that a campaign asks, in words. */
export function questionOf<G extends Goal>(campaign: {
  readonly goal: G;
  readonly model: ModelOf<G>;
}): string {
  return GOAL_VIEWS[campaign.goal].question(campaign.model);
}
