import type { PlannerView } from "../domain/planner-view.ts";
import type { CampaignView } from "./campaign-view.ts";
import type { Columns } from "./map-plane.ts";
import type { CampaignLine, OverviewView } from "./overview-view.ts";
import type { ResultColumns } from "./result-columns.ts";

/** Everything that the page shows of a campaign at first but its map: one answer, read once. */
export interface OpeningView {
  readonly overview: OverviewView;
  readonly campaign: CampaignView;
  /** Null in a space without candidates. */
  readonly candidates: CandidateColumns | null;
  readonly results: ResultColumns;
}

/** The candidates of a campaign, by column. */
export interface CandidateColumns {
  readonly count: number;
  /** Absent where the ids are c0, c1, c2 ... */
  readonly ids?: readonly string[];
  readonly columns: Columns;
}

/** The campaign that the page shows where nobody has chosen one: the first that runs, else the first. */
export function firstShown(campaigns: readonly CampaignLine[]): CampaignLine | undefined {
  return campaigns.find(({ state }) => state.startsWith("running")) ?? campaigns[0];
}

/** What the page draws of a planner's view, and of which results it is. */
export interface DrawnView {
  readonly view: PlannerView;
  /** {@link knowledgeOf} the campaign when the planner was asked: it may have learnt more since. */
  readonly knowledge: string;
}

/** Changes with whatever a planner learns: a map of other knowledge is asked for anew. */
export function knowledgeOf({ observations, model }: CampaignView): string {
  return `${observations.total}/${observations.withdrawn.length}/${model?.version}`;
}
