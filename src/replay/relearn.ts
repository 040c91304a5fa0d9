import { experimentOfJob } from "../domain/job.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import type { CampaignResult } from "../domain/proposal.ts";
import type { Planner } from "../planning/planner.ts";
import type { ExportDocument } from "../views/export-document.ts";
import type { Lesson, Snapshot } from "../views/lessons.ts";
import { readPhaseDiagramView } from "../views/planner-views.ts";

/** A campaign's model as it was at the end and on the way there: the log holds results, not models. */
export interface Relearnt {
  readonly view: PlannerView;
  /** What was known after parts of the results. */
  readonly snapshots: readonly Snapshot[];
  readonly lessons: readonly Lesson[];
}

/** Looks at the map at most so often on the way: each look costs a whole map. */
const LOOKS_max = 200;
const SNAPSHOTS_at = [0.25, 0.5, 0.75];

/** Teaches a planner the results that count, one after the other, and says what each group of them changed. */
export async function relearn(
  document: ExportDocument,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Relearnt> {
  const { createPlanner } = await import("../planning/create-planner.ts");
  const planner = createPlanner(document.campaign);
  const results = countingResults(document);
  const isMap = readPhaseDiagramView(planner.view()) !== undefined;
  if (!isMap) {
    planner.learn(results);
    return { view: planner.view(), snapshots: [], lessons: [] };
  }
  return relearnMap(planner, results, onProgress);
}

function relearnMap(
  planner: Planner,
  results: readonly CampaignResult[],
  onProgress: (done: number, total: number) => void,
): Relearnt {
  const stride = Math.max(1, Math.ceil(results.length / LOOKS_max));
  const wanted = new Set(SNAPSHOTS_at.map((share) => Math.round(share * results.length)));
  const lessons: Lesson[] = [];
  const snapshots: Snapshot[] = [];
  let before = drawnBy(planner.view());
  for (const [k, result] of results.entries()) {
    planner.learn([result]);
    const learnt = k + 1;
    onProgress(learnt, results.length);
    if (learnt % stride !== 0 && learnt < results.length && !wanted.has(learnt)) continue;
    const view = planner.view();
    const after = drawnBy(view);
    const changed = after.labels.filter((label, row) => label !== before.labels[row]).length;
    lessons.push({
      position: result.position,
      changed: changed / Math.max(1, after.labels.length),
      said: whatItSaid(view, after, before, result.position),
    });
    if (wanted.has(learnt) && learnt < results.length) snapshots.push({ results: learnt, view });
    before = after;
  }
  return { view: planner.view({ probabilities: true }), snapshots, lessons };
}

/** The results that count: those that nobody withdrew. */
export function countingResults({ observations }: ExportDocument): CampaignResult[] {
  return observations
    .filter((observation) => !observation.withdrawn)
    .map(({ position, candidateId, jobId, parameters, actual, recipe, sample, result }) => ({
      position,
      candidateId,
      parameters,
      ...(actual === undefined ? {} : { actual }),
      ...(recipe === undefined ? {} : { recipe }),
      sample: sample ?? experimentOfJob(jobId),
      observations: result,
    }));
}

interface Drawn {
  /** By name: their numbers change as labels are found. */
  readonly labels: readonly string[];
  /** Mean over the candidates. */
  readonly certainty: number;
}

function drawnBy(view: PlannerView): Drawn {
  const { labelIndex = [], labels = [], certainty = [] } = readPhaseDiagramView(view) ?? {};
  return {
    labels: labelIndex.map((k) => labels[k] ?? ""),
    certainty: certainty.reduce((sum, p) => sum + p, 0) / Math.max(1, certainty.length),
  };
}

/** Views carry certainties with four digits. */
const SAME_CERTAINTY = 1e-9;

/** What the result in `position` said to the map, whether or not a label changed. */
function whatItSaid(
  view: PlannerView,
  after: Drawn,
  before: Drawn,
  position: number,
): Lesson["said"] {
  const evidence = (view.kind === "phase-diagram" ? view.measured : []).filter(
    // Several looks at one sample share its position.
    (one) => !one.known && Math.floor(one.position) === position,
  );
  if (evidence.length === 0) return "nothing";
  const isOther = evidence.some(
    ({ candidate, label }) => candidate !== undefined && after.labels[candidate] !== label,
  );
  if (isOther) return "other";
  const isSame = Math.abs(after.certainty - before.certainty) < SAME_CERTAINTY;
  return isSame ? "known" : "same";
}
