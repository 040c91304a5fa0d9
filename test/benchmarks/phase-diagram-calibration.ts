import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { asId, type CampaignId } from "../../src/domain/identifiers.ts";
import type { MapView } from "../../src/domain/planner-view.ts";
import type { CampaignResult, ProposedPoint } from "../../src/domain/proposal.ts";
import { cornersOf } from "../../src/evaluation/phase-diagram-evaluation.ts";
import type { PhaseDiagramTruth } from "../../src/evaluation/phase-diagram-truth.ts";
import { type MapStatus, unseenChanceOf } from "../../src/models/phase-diagram/map-model.ts";
import { createPhaseDiagramPlanner } from "../../src/planning/phase-diagram/phase-diagram-planner.ts";
import { mean } from "../support/statistics.ts";
import { gibbsSection } from "./maps/gibbs-section.ts";
import { powerMap } from "./maps/power-map.ts";
import { cuMgZn, hasSharedData, SECTIONS, section } from "./maps/shared-data.ts";
import { spaceMap } from "./maps/space-map.ts";
import { voronoiMap } from "./maps/voronoi-map.ts";

/** A campaign stopped for a moment: what it says of itself, and what is true. */
interface State {
  readonly status: MapStatus;
  readonly wrong: number;
  /** Share of the map with labels not seen yet. */
  readonly unseen: number;
  readonly unseenLabels: number;
}

const BUDGET = { off: 200, full: 60 };
const SEEDS = [1, 2];

/**
 * Prints how the remaining error and the chance of an unseen label that are published with each batch compare with the truth: on
 * maps of the kind that they were fitted on, and on others that nothing was fitted on.
 */
export async function printCalibration(): Promise<void> {
  const maps = [powerMap(2), powerMap(4), spaceMap(2)];
  if (hasSharedData()) {
    maps.push(await cuMgZn(700, 4), await cuMgZn(1000, 4));
    maps.push(...(await Promise.all(SECTIONS.map((name) => section(name, "2p5pct")))));
  }
  tables("Stop rules, maps shared with the fit", maps, "off");
  const gibbs = [21, 22, 23, 24].map((seed) => gibbsSection(seed, 10 + 5 * (seed % 4)));
  const others = [
    ...gibbs,
    voronoiMap(1, { divisions: 20, phases: 7, coexists: false }),
    voronoiMap(2, { divisions: 40, phases: 14, coexists: false }),
    voronoiMap(3, { divisions: 25, phases: 8, coexists: true }),
    voronoiMap(4, { divisions: 40, phases: 6, coexists: true }),
    spaceMap(7),
  ];
  tables("Stop rules, hold-out", others, "off");
  const more = [25, 26, 27, 28, 29, 30].map((seed) => gibbsSection(seed, 20));
  tables("Stop rules of the triangulation, hold-out", [...gibbs, ...more], "full");
}

function tables(
  title: string,
  maps: readonly PhaseDiagramTruth[],
  coexistence: "off" | "full",
): void {
  const states = maps.flatMap((map) => SEEDS.flatMap((seed) => statesOf(map, seed, coexistence)));
  console.log(
    `\n${title}: ${states.length} states of ${maps.length} maps, ${SEEDS.length} seeds each`,
  );
  table("estimated error", states, [0, 0.01, 0.02, 0.05, 0.1, 0.2, 1], {
    said: ({ status }) => status.estimatedError,
    truth: ({ wrong }) => wrong,
  });
  table("unseen share   ", states, [0, 0.001, 0.01, 0.03, 0.06, 1], {
    said: ({ status }) => status.unseenShare,
    truth: ({ unseen }) => unseen,
  });
  table("unseen chance  ", states, [0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.01], {
    said: ({ status }) => unseenChanceOf(status),
    truth: ({ unseenLabels }) => (unseenLabels > 0 ? 1 : 0),
  });
  table("unseen labels  ", states, [0, 0.5, 1, 2, 4, 8, 99], {
    said: ({ status }) => status.unseenLabels,
    truth: ({ unseenLabels }) => unseenLabels,
  });
}

interface Comparison {
  readonly said: (state: State) => number;
  readonly truth: (state: State) => number;
}

function table(
  what: string,
  states: readonly State[],
  edges: readonly number[],
  { said, truth }: Comparison,
): void {
  for (const [k, low] of edges.slice(0, -1).entries()) {
    const high = edges[k + 1] ?? Number.POSITIVE_INFINITY;
    const here = states.filter((state) => said(state) >= low && said(state) < high);
    if (here.length === 0) continue;
    const truths = here.map(truth).sort((a, b) => a - b);
    const most = truths[Math.floor(0.95 * (truths.length - 1))] ?? 0;
    console.log(
      `  ${what} ${low} .. ${high}: said ${mean(here.map(said)).toFixed(3)}, true ${mean(truths).toFixed(3)} ` +
        `(95 % below ${most.toFixed(3)}), ${here.length} states`,
    );
  }
}

/** Plays a campaign in batches of five and looks at it after every ten results. */
function statesOf(truth: PhaseDiagramTruth, seed: number, coexistence: "off" | "full"): State[] {
  const planner = createPhaseDiagramPlanner(campaignOf(truth, seed, coexistence));
  const states: State[] = [];
  for (let n = 1, done = 0; done < BUDGET[coexistence]; n++) {
    const { points } = planner.propose({ n, count: 5, pending: [], excluded: [], seed: `${seed}` });
    if (points.length === 0) break;
    planner.learn(points.map((point, k) => resultOf(truth, point, done + k)));
    done += points.length;
    if (done >= 10 && done % 10 === 0 && (coexistence === "full" || done >= 20))
      states.push(compare(truth, planner.view(), coexistence === "full"));
  }
  return states;
}

function resultOf(
  truth: PhaseDiagramTruth,
  point: ProposedPoint,
  position: number,
): CampaignResult {
  const row = truth.rows[Number(point.candidateId.slice(1))];
  const { candidateId, parameters } = point;
  const { phases = [], compositions } = row ?? {};
  const observations = [{ kind: "phases" as const, phases, compositions }];
  return { position, candidateId, parameters, observations };
}

function compare(
  truth: PhaseDiagramTruth,
  { labels, label, measured, status }: MapView,
  predicts: boolean,
): State {
  const seen = new Set(measured.map((item) => item.label));
  const names = new Set(truth.rows.map((row) => row.label));
  const wrong = truth.rows.filter((row, i) => labels[label[i] ?? -1] !== row.label).length;
  // A triangulation also predicts labels that nobody has measured: these are no surprise.
  if (predicts) for (const k of label) if (k >= 0) seen.add(labels[k] ?? "");
  const unseen = truth.rows.filter((row) => !seen.has(row.label)).length;
  return {
    status: status as MapStatus,
    wrong: wrong / truth.rows.length,
    unseen: unseen / truth.rows.length,
    unseenLabels: [...names].filter((name) => !seen.has(name)).length,
  };
}

function campaignOf(
  truth: PhaseDiagramTruth,
  seed: number,
  coexistence: "off" | "full",
): CampaignSpec {
  return {
    goal: "phase-diagram",
    model: { coexistence, initial: 8, known: cornersOf(truth) },
    campaignId: asId<CampaignId>("calibration"),
    title: "calibration",
    seed: `${seed}`,
    budget: BUDGET[coexistence],
    inFlight: 5,
    waitForWholeBatch: true,
    approval: "automatic",
    space: {
      kind: "table",
      rows: truth.rows.map((row) => row.parameters),
      components: truth.components,
    },
    recipe: { steps: [] },
    limits: {},
    failuresInARow_max: BUDGET[coexistence],
  };
}
