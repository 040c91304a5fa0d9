import { createPrng } from "../../src/core/prng.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { KillPoint, PlannedCampaign } from "../../src/index.ts";
import { planFaults } from "../faults/fault-names.ts";
import type { FaultPlan, InstrumentFaults } from "../faults/fault-plan.ts";
import { DEFAULT_INSTRUMENTS } from "../laboratory/assemble.ts";
import type { InstrumentChoice } from "../laboratory/laboratory-options.ts";
import { letPeopleIn } from "../people/random-people.ts";
import { letStrangersIn } from "../people/strangers.ts";
import { createDrawingPlanner } from "./drawing-planner.ts";
import { runSimulation, type SimulationResult } from "./run-simulation.ts";

export interface SwarmOptions {
  readonly seed: string;
  /** Experiments of the campaign. Default 60. */
  readonly budget?: number | undefined;
  /** As `SimulationOptions`; default: as the seed draws it. */
  readonly snapshotEvery?: number | undefined;
  /** Furnaces that take four crucibles, and a diffractometer with a changer; default: in a third of the runs. */
  readonly loads?: boolean | undefined;
}

const CAMPAIGN = "map";
const BUDGET = 60;
const TEMPERATURE_max_K = 750;
const HOUR_s = 3600;
/** Views go out twice an hour: nobody looks. */
const DASHBOARD_EVERY_s = 1800;
const TELEMETRY_EVERY_s = 600;
/** Where a death costs most: what is on disk and not said, what is said and not on disk. */
const KILL_POINTS: readonly KillPoint[] = [
  "message-received",
  "before-append",
  "after-append",
  "after-append",
  "after-transition",
  "before-publish",
  "before-publish",
  "after-publish",
  "after-plan",
];
/** In so many of the runs a restart goes on from a snapshot, in the others it replays the whole log. */
const SNAPSHOTS_SHARE = 0.9;
const SNAPSHOT_EVERY = 150;
const LOADS_SHARE = 0.33;
const CALM_AFTER_s = 10 * HOUR_s;

/**
 * One seed of the swarm: the production loop, a planner that draws, instruments that believe everything, people who do as
 * they please, strangers on the broker, and the faults of `--faults swarm`; which of them, the seed draws.
 */
export async function runSwarm(options: SwarmOptions): Promise<SimulationResult> {
  const { seed, budget = BUDGET } = options;
  const prng = createPrng(`${seed}/cast`);
  const instruments = drawInstruments(seed, options.loads);
  const instrumentIds = DEFAULT_INSTRUMENTS.map(({ instrumentId }) => instrumentId);
  const drawn = planFaults("swarm", { seed, instrumentIds });
  const faults = addCharacters(drawn.faults, instrumentIds, seed);
  const hasPeople = prng.next() < 0.7;
  const hasStrangers = prng.next() < 0.7;
  const kills = drawKills(seed);
  // Nobody reads the snapshots of a daemon that is never killed.
  const isKilled = kills.length > 0 || faults.network.killEvery_s !== undefined;
  const { snapshotEvery = isKilled ? drawSnapshots(seed) : undefined } = options;
  const guardedIds = instrumentIds.filter((id) => faults.instruments[id]?.gullible !== true);
  return await runSimulation({
    seed,
    noise: drawn.noise,
    ...{ faults, instruments },
    campaigns: [drawCampaign(seed, budget, hasPeople)],
    policies: { "furnace-1": { limits: { temperature_K: { min: 293, max: 690 } } } },
    ...{ kills, snapshotEvery },
    planner: createDrawingPlanner,
    dashboardEvery_s: DASHBOARD_EVERY_s,
    telemetryEvery_s: TELEMETRY_EVERY_s,
    people: (laboratory) => {
      const limits = { name: "temperature_K", min: 293, max: TEMPERATURE_max_K };
      if (hasPeople)
        letPeopleIn(laboratory, {
          ...{ seed, campaignId: CAMPAIGN, limits, budget },
          ...{ every_s: 300 + prng.integer(1500), calmAfter_s: CALM_AFTER_s },
        });
      if (hasStrangers)
        letStrangersIn(laboratory, {
          ...{ seed, site: "default", campaignId: CAMPAIGN, guardedIds },
          ...{ every_s: 60 + prng.integer(600), until_s: CALM_AFTER_s },
        });
    },
  });
}

/** Loads of up to four in the furnaces, and sometimes several samples at once in the diffractometer. */
function drawInstruments(seed: string, wanted: boolean | undefined): readonly InstrumentChoice[] {
  const prng = createPrng(`${seed}/loads`);
  const hasLoads = prng.next() < LOADS_SHARE;
  if (!(wanted ?? hasLoads)) return DEFAULT_INSTRUMENTS;
  const hasChanger = prng.next() < 0.5;
  return DEFAULT_INSTRUMENTS.map((one) => {
    if (one.kind === "furnace") return { ...one, capacity: 2 + prng.integer(3) };
    return one.kind === "diffractometer" && hasChanger ? { ...one, capacity: 3 } : one;
  });
}

function drawSnapshots(seed: string): number | undefined {
  return createPrng(`${seed}/snapshots`).next() < SNAPSHOTS_SHARE ? SNAPSHOT_EVERY : undefined;
}

/** In half of the runs the daemon dies up to four times in the middle of what it does, besides the kills of the fault plan. */
function drawKills(seed: string): { readonly point: KillPoint; readonly n: number }[] {
  const prng = createPrng(`${seed}/kills`);
  if (prng.next() < 0.5) return [];
  return Array.from({ length: 1 + prng.integer(4) }, () => ({
    point: KILL_POINTS[prng.integer(KILL_POINTS.length)] as KillPoint,
    n: 1 + prng.integer(300),
  }));
}

/** Half of the instruments believe everything; now and then one loses its memory at each restart. */
function addCharacters(plan: FaultPlan, instrumentIds: readonly string[], seed: string): FaultPlan {
  const instruments: Record<string, InstrumentFaults> = {};
  for (const id of instrumentIds) {
    const prng = createPrng(`${seed}/character/${id}`);
    const gullible = prng.next() < 0.5;
    const forgets = prng.next() < 0.1;
    instruments[id] = { ...plan.instruments[id], gullible, forgets };
  }
  return { ...plan, instruments };
}

function drawCampaign(seed: string, budget: number, hasPeople: boolean): PlannedCampaign {
  const prng = createPrng(`${seed}/campaign`);
  const isSupervised = prng.next() < 0.5 && hasPeople;
  const expires_s = prng.next() < 0.5 ? 1800 : 0;
  const hasHours = prng.next() < 0.25;
  const step = { timeLimit_s: 7200, retries: 2, repeatable: false };
  const axis = (name: string) => ({ axis: name });
  return {
    autoStart: true,
    spec: {
      campaignId: asId(CAMPAIGN),
      ...{ title: CAMPAIGN, seed, budget, inFlight: 6, waitForWholeBatch: prng.next() < 0.2 },
      approval: isSupervised ? "supervised" : "automatic",
      ...(expires_s === 0 ? {} : { approvalExpires_s: expires_s }),
      ...(hasHours ? { hours: { starts: { anneal: "06-22" } } } : {}),
      // The swarm shall see the end of its budget: failures are many.
      failuresInARow_max: 1000,
      space: {
        kind: "simplex-grid",
        ...{ components: ["Al", "Mg", "Zn"], step: 0.05 },
        // 720 is beyond one furnace's limit, 800 beyond the campaign's.
        further: [{ name: "temperature_K", values: [500, 608, 720, 800] }],
      },
      recipe: {
        steps: [
          {
            ...{ ...step, capability: "synthesise" },
            parameters: { x_Al: axis("Al"), x_Mg: axis("Mg"), x_Zn: axis("Zn") },
          },
          {
            ...{ ...step, capability: "anneal" },
            parameters: { temperature_K: axis("temperature_K"), duration_h: 0.1 },
          },
          { ...step, capability: "diffraction", parameters: {}, repeatable: true },
        ],
      },
      limits: { temperature_K: { min: 293, max: TEMPERATURE_max_K } },
      goal: "phase-diagram",
      model: {},
    },
  };
}
