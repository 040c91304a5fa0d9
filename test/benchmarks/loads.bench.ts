import { runSimulation } from "../../simulators/run/run-simulation.ts";
import type { LedgerEntry } from "../../simulators/world/physical-ledger.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { Composition } from "../../src/domain/observation.ts";
import type { CampaignResult } from "../../src/domain/proposal.ts";
import {
  cornersOf,
  createScorer,
  type ScoredMap,
} from "../../src/evaluation/phase-diagram-evaluation.ts";
import type { PhaseDiagramTruth } from "../../src/evaluation/phase-diagram-truth.ts";
import { createPhaseDiagramPlanner } from "../../src/planning/phase-diagram/phase-diagram-planner.ts";
import { mean } from "../support/statistics.ts";
import { gibbsSection, gibbsStack } from "./maps/gibbs-section.ts";
import { SECTIONS, section } from "./maps/shared-data.ts";
import { writeNature } from "./maps/write-nature.ts";

const SEEDS = [1, 2, 3, 4, 5];
const CRUCIBLES = 4;
const ANNEAL_h = 24;
const REACHED = 0.9;
/** Five at one temperature, and five random systems at four temperatures of which nothing was tuned. */
const STACKS = [2, 5, 8, 14, 16];
const TEMPERATURES = [0.8, 0.9, 1, 1.1];

interface Played {
  /** Until the map first has a macro-F1 of 0.9. */
  readonly experiments: number;
  readonly furnace_h: number;
  readonly loads: number;
}

interface Nature {
  readonly name: string;
  readonly truth: PhaseDiagramTruth;
  /** Axis of the temperature, or the one temperature. */
  readonly temperature_K: string | number;
  readonly budget: number;
}

/**
 * Furnace hours and experiments to macro-F1 0.9 of one furnace with four crucibles beside one with one crucible that is
 * asked for one point after the other: the production loop in virtual time, 24 h an anneal, five sections, five seeds.
 * `npm run bench -- loads`; arguments pick `shared` or `axis` and the seeds.
 */
export async function run(args: readonly string[] = []): Promise<void> {
  const wants = (part: string): boolean => !args.some(isPart) || args.includes(part);
  const seeds = args.filter((arg) => !isPart(arg)).map(Number);
  const chosen = seeds.length > 0 ? seeds : SEEDS;
  if (wants("shared"))
    await compare("one temperature for all", await sections(), chosen, [0.3, 1.1]);
  if (wants("axis")) await compare("temperature is an axis", stacks(), chosen, [0.35, 1.25]);
}

function isPart(arg: string): boolean {
  return arg === "shared" || arg === "axis";
}

async function sections(): Promise<Nature[]> {
  const shared = await Promise.all(SECTIONS.map((name) => section(name, "2p5pct")));
  const all = shared.map((truth, k) => ({ truth: byElement(truth), name: SECTIONS[k] ?? "" }));
  all.push({ truth: gibbsSection(2), name: "gibbs-2" });
  return all.map((one) => ({ ...one, temperature_K: 800, budget: 100 }));
}

/** Axes by the elements' letters, as robots name their set points: `A`, and not `x_A`. */
function byElement(truth: PhaseDiagramTruth): PhaseDiagramTruth {
  const short = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).map(([name, x]) => [name.replace(/^x_/, ""), x]));
  return {
    ...truth,
    ...{ axes: ["A", "B", "C"], components: ["A", "B", "C"] },
    rows: truth.rows.map((row) => ({
      ...row,
      parameters: short(row.parameters),
      compositions:
        row.compositions &&
        Object.fromEntries(Object.entries(row.compositions).map(([p, x]) => [p, short(x)])),
    })),
  };
}

function stacks(): Nature[] {
  return STACKS.map((seed) => {
    const truth = gibbsStack(seed, 14, TEMPERATURES);
    return { truth, name: `gibbs-stack-${seed}`, temperature_K: "T", budget: 200 };
  });
}

async function compare(
  title: string,
  natures: readonly Nature[],
  seeds: readonly number[],
  [hours, experiments]: readonly [number, number],
): Promise<void> {
  console.log(
    `\n${title}: experiments and furnace hours to macro-F1 ${REACHED}, ${seeds.length} seeds`,
  );
  const ratios: [number, number][] = [];
  for (const nature of natures) {
    const file = writeNature(nature.truth, nature.temperature_K);
    const one: Played[] = [];
    const four: Played[] = [];
    for (const seed of seeds) {
      one.push(await play(nature, file, seed, 1));
      four.push(await play(nature, file, seed, CRUCIBLES));
    }
    const share = (of: (played: Played) => number): number =>
      mean(four.map(of)) / mean(one.map(of));
    const pair: [number, number] = [share((p) => p.furnace_h), share((p) => p.experiments)];
    ratios.push(pair);
    console.log(
      `  ${nature.name.padEnd(16)} ${words(one)} | ${words(four)} | hours x ${pair[0].toFixed(3)}, experiments x ${pair[1].toFixed(3)}`,
    );
  }
  const all = [0, 1].map((k) => mean(ratios.map((pair) => pair[k] ?? 0)).toFixed(3));
  console.log(
    `  mean: hours x ${all[0]} (asked ${hours}), experiments x ${all[1]} (asked ${experiments})`,
  );
}

function words(played: readonly Played[]): string {
  const loads = mean(played.map((p) => p.loads)).toFixed(1);
  const hours = mean(played.map((p) => p.furnace_h)).toFixed(0);
  const each = played.map((p) => p.experiments).join(" ");
  return `${mean(played.map((p) => p.experiments)).toFixed(1)} [${each}], ${loads} loads, ${hours} h`;
}

/** One campaign in a laboratory of one furnace, and when its map was good. */
async function play(nature: Nature, file: string, seed: number, capacity: number): Promise<Played> {
  const spec = campaignOf(nature, seed, capacity);
  const { events, ledger, loop, finished, violations } = await runSimulation({
    seed: String(seed),
    truth: file,
    campaigns: [{ spec, autoStart: true }],
    instruments: [
      { instrumentId: "robot-1", kind: "synthesis-robot" },
      { instrumentId: "furnace-1", kind: "furnace", ...(capacity > 1 ? { capacity } : {}) },
      { instrumentId: "diffractometer-1", kind: "diffractometer" },
    ],
    telemetryEvery_s: 30 * 86_400,
    dashboardEvery_s: 30 * 86_400,
    duration_s_max: 400 * 86_400,
  });
  const problem = violations[0]?.detail ?? (finished ? undefined : "it did not finish");
  if (problem !== undefined) throw new Error(`${nature.name}, seed ${seed}: ${problem}`);
  const results = loop.lab.results.get(spec.campaignId) ?? [];
  const experiments = experimentsToGood(nature.truth, spec, results);
  const last = results[experiments - 1]?.position;
  const until_ms = events.find(({ position }) => position === last)?.time_ms ?? Infinity;
  return { experiments, ...furnaceUse(ledger, until_ms) };
}

function campaignOf({ truth, temperature_K, budget }: Nature, seed: number, capacity: number) {
  const { components, rows } = truth;
  const axis = typeof temperature_K === "string" ? temperature_K : undefined;
  const step = { timeLimit_s: 30 * 86_400, retries: 2, repeatable: false };
  return {
    campaignId: asId("map"),
    ...{ title: "map", seed: String(seed), budget, inFlight: capacity, approval: "automatic" },
    // A load is chosen when all of the one before is known.
    waitForWholeBatch: true,
    failuresInARow_max: 5,
    space: { kind: "table", rows: rows.map(({ parameters }) => parameters), components },
    recipe: {
      steps: [
        {
          ...{ ...step, capability: "synthesise" },
          parameters: Object.fromEntries(components.map((name) => [`x_${name}`, { axis: name }])),
        },
        {
          ...{ ...step, capability: "anneal" },
          parameters: {
            temperature_K: axis === undefined ? temperature_K : { axis },
            duration_h: ANNEAL_h,
          },
          ...(capacity > 1 ? { load: { fill_min: capacity, wait_s: 14_400 } } : {}),
        },
        { ...step, capability: "diffraction", parameters: {}, repeatable: true },
      ],
    },
    limits: {},
    goal: "phase-diagram",
    model: {
      initial: 0,
      known: cornersOf(truth) as { at: Composition; phases: readonly string[] }[],
      coexistence: "full",
      ...(axis === undefined || capacity === 1 ? {} : { shared: axis }),
    },
  } as CampaignSpec;
}

/** Results, in the order in which they came, until the map that they make is good; all where it never is. */
function experimentsToGood(
  truth: PhaseDiagramTruth,
  spec: CampaignSpec,
  results: readonly CampaignResult[],
): number {
  const planner = createPhaseDiagramPlanner(spec);
  const score = createScorer(truth);
  for (const [k, result] of results.entries()) {
    planner.learn([result]);
    if (score(planner.view() as unknown as ScoredMap).macroF1 >= REACHED) return k + 1;
  }
  console.log(`  (never good within ${results.length})`);
  return results.length;
}

/** Time that furnaces were at work until then, and how often they were loaded. */
function furnaceUse(ledger: readonly LedgerEntry[], until_ms: number) {
  let hours = 0;
  let loads = 0;
  let since_ms = 0;
  for (const entry of ledger) {
    if (!("instrumentId" in entry) || entry.instrumentId !== "furnace-1") continue;
    if (entry.time_ms > until_ms) break;
    if (entry.event === "started") {
      loads++;
      since_ms = entry.time_ms;
    }
    if (entry.event === "ended") {
      hours += (entry.time_ms - since_ms) / 3_600_000;
      since_ms = 0;
    }
  }
  if (since_ms > 0) hours += (until_ms - since_ms) / 3_600_000;
  return { furnace_h: hours, loads };
}
