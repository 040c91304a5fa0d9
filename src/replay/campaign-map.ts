import { misuse } from "../core/errors.ts";
import type { ExportDocument } from "../views/export-document.ts";
import { type MapDocument, mapDocument } from "../views/map-document.ts";
import { readPhaseDiagramView } from "../views/planner-views.ts";
import { countingResults } from "./relearn.ts";

/** The map that a campaign's results lead to, with all probabilities. Throws a misuse where the campaign maps nothing. */
export async function campaignMap(document: ExportDocument): Promise<MapDocument> {
  const { createPlanner } = await import("../planning/create-planner.ts");
  const { listCandidates } = await import("../domain/candidates.ts");
  const { candidateColumns } = await import("../tables/candidate-columns.ts");
  const { campaign, observations } = document;
  const planner = createPlanner(campaign);
  planner.learn(countingResults(document));
  const view = readPhaseDiagramView(planner.view({ probabilities: true }));
  if (view === undefined) {
    throw misuse(
      "TL-1001",
      `${campaign.campaignId} is a campaign of the goal ${campaign.goal}: it has no map`,
    );
  }
  const { columns, ids } = candidateColumns(listCandidates(campaign.space));
  const measured = new Set(observations.filter((o) => !o.withdrawn).map((o) => o.candidateId));
  const numbers = new Map(observations.map(({ position }, k) => [position, k + 1]));
  const numberOf = (position: number): number | undefined => numbers.get(position);
  return mapDocument({ title: campaign.title, columns, ids, view, measured, numberOf });
}
