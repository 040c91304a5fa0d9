import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Observation } from "../../src/domain/observation.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type * as Planning from "../../src/planning/create-planner.ts";
import type * as Dashboard from "../support/scripted-dashboard.ts";
import type * as Laboratory from "../support/scripted-laboratory.ts";

/** Points of the grid of step 0.01, and how many of them are measured. */
const SIZE = { step: 0.01, budget: 5151 };
const RESULTS = 5000;
const REGIONS = 60;
const COMPONENTS = ["Al", "Mg", "Zn"];

/**
 * Serves the page of the build in a folder (this one, or an older clone) with 5000 results in 60 regions and the build's own map of
 * them. Prints its address; each line of standard input brings one result more.
 */
async function serve(tree: string): Promise<void> {
  const load = (file: string) => import(join(tree, file));
  const { startScriptedDashboard } = (await load(
    "test/support/scripted-dashboard.ts",
  )) as typeof Dashboard;
  const { createScriptedLaboratory } = (await load(
    "test/support/scripted-laboratory.ts",
  )) as typeof Laboratory;
  const { createPlanner } = (await load("src/planning/create-planner.ts")) as typeof Planning;
  const { spec } = createScriptedLaboratory(SIZE);
  const planner = createPlanner(spec);
  const dashboard = await startScriptedDashboard({ ...SIZE, plannerView: () => planner.view() });
  renamePhases(dashboard);
  for (let done = 0; done < RESULTS; done += 50) {
    dashboard.laboratory.propose(50);
    for (let k = 0; k < 50; k++) dashboard.laboratory.finishOne();
  }
  dashboard.flush();
  planner.learn(
    dashboard.labView
      .observations(spec.campaignId)
      .map(({ position, candidateId, parameters }) => ({
        ...{ position, candidateId, parameters },
        observations: [{ kind: "phases" as const, phases: regionOf(parameters) }],
      })),
  );
  planner.view();
  console.log(dashboard.url);
  for await (const _ of createInterface({ input: process.stdin })) {
    dashboard.laboratory.propose(1);
    dashboard.laboratory.finishOne();
    dashboard.flush();
  }
  process.exit(0);
}

/** The scripted laboratory knows ten regions: each result is given the name of its region of sixty on its way into the views. */
function renamePhases({ labView, laboratory }: Dashboard.ScriptedDashboard): void {
  const places = new Map<string, Readonly<Record<string, unknown>>>();
  const fold = labView.fold.bind(labView);
  const renaming = (event: LabEvent): ReturnType<typeof fold> => {
    const { fact } = event;
    if (fact.type !== "job.result") return fold(event);
    const { parameters = {} } = laboratory.state.locateJob(fact.jobId) ?? {};
    places.set(fact.jobId, parameters);
    const phases: Observation = { kind: "phases", phases: regionOf(parameters), confidence: 0.97 };
    return fold({ ...event, fact: { ...fact, observations: [phases] } });
  };
  Object.assign(labView, { fold: renaming });
}

/** Sixty seeds in the triangle by the golden ratio; a point belongs to the nearest. A third are one phase, the others two. */
function regionOf(parameters: Readonly<Record<string, unknown>>): string[] {
  const [a = 0, b = 0] = COMPONENTS.map((name) => Number(parameters[name]));
  let best = { distance: Number.POSITIVE_INFINITY, k: 0 };
  for (let k = 0; k < REGIONS; k++) {
    const [u, v] = [Math.sqrt((k + 0.5) / REGIONS), (k * 0.618034) % 1];
    const distance = Math.hypot(a - (1 - u), b - u * v);
    if (distance < best.distance) best = { distance, k };
  }
  const { k } = best;
  return k % 3 === 0 ? [`P${k}`] : [`P${k - (k % 3)}`, `Q${k}`];
}

await serve(process.argv[2] ?? "");
