import { execFileSync } from "node:child_process";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import type { PhaseDiagramSettings } from "../../src/domain/goal-settings.ts";
import {
  type EvaluationRun,
  runEvaluation,
} from "../../src/evaluation/phase-diagram-evaluation.ts";
import type { PhaseDiagramTruth } from "../../src/evaluation/phase-diagram-truth.ts";
import { mean } from "../support/statistics.ts";
import { ALLOY_LAWS, ALLOY_TABLES, alloyMap } from "./maps/alloy-map.ts";
import { fineSection, fineStack } from "./maps/large-map.ts";
import { liquidusMap } from "./maps/liquidus-map.ts";
import { powerMap } from "./maps/power-map.ts";
import { cuMgZn, hasSharedData } from "./maps/shared-data.ts";
import { spaceMap } from "./maps/space-map.ts";
import { writeTruth } from "./maps/write-truth.ts";
import { printCalibration } from "./phase-diagram-calibration.ts";

/** The published tools' ways; `initial` points fill space instead of falling at random. */
const LC = { score: "least-confident", diversity: "none" };
const PUBLISHED_LP = { method: "label-propagation", ...LC };
const PUBLISHED_LS = { method: "label-spreading", ...LC };
const MAIN = resolve(import.meta.dirname, "../../src/main.ts");

/**
 * Prints the rows of the graph engine in issue 3 as `evaluate phase-diagram` plays them, each beside its target. Arguments pick
 * the parts: `published liquidus alloys fine batch space speed calibration` (all where there are none).
 */
export async function run(parts: readonly string[] = []): Promise<void> {
  const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
  if (wants("published")) published();
  if (wants("liquidus")) liquidus();
  if (wants("alloys")) alloys();
  if (hasSharedData() && wants("fine")) await fine();
  if (wants("batch")) await batches();
  if (wants("space")) space();
  if (wants("speed")) speed();
  if (wants("calibration")) await printCalibration();
}

interface Play {
  readonly settings?: PhaseDiagramSettings;
  readonly batch?: number;
  readonly initial: number;
  readonly budget: number;
  readonly seeds: number;
}

function play(truth: PhaseDiagramTruth, options: Play): EvaluationRun[] {
  return Array.from({ length: options.seeds }, (_, k) =>
    runEvaluation(
      truth,
      {
        settings: { coexistence: "off", ...options.settings },
        batch: options.batch ?? 1,
        budget: options.budget,
        initial: options.initial,
        startsAtCorners: false,
        compositionNoise: 0,
        missingCompositions: 0,
      },
      k + 1,
      () => {},
    ),
  );
}

/** Samples to a macro-F1; a run that does not get there counts 1.1 budgets, as in the design study. */
function samplesTo(runs: readonly EvaluationRun[], level: number, budget: number): number[] {
  return runs.map((run) => {
    const k = run.macroF1.findIndex((f) => f >= level);
    return k < 0 ? 1.1 * budget : (run.samples[k] ?? 1.1 * budget);
  });
}

function spreadOf(values: readonly number[]): string {
  const m = mean(values);
  const sd = Math.sqrt(mean(values.map((x) => (x - m) ** 2)));
  return `${m.toFixed(0)} +- ${sd.toFixed(0)}`;
}

function published(): void {
  const maps = [1, 2, 3, 4].map(powerMap);
  const options = { initial: 9, budget: 240, seeds: 5 };
  const countsOf = (settings: PhaseDiagramSettings): number[] =>
    maps.flatMap((map) => samplesTo(play(map, { ...options, settings }), 0.95, options.budget));
  console.log(
    "\n820 points, 10 phases (sizes of the published map, one of a single point), 4 maps",
  );
  console.log("samples to macro-F1 0.95; a run that misses it in 240 counts 264");
  const lp = countsOf(PUBLISHED_LP);
  console.log(`  label-propagation, least-confident  ${spreadOf(lp)}   (peer 124 on its map)`);
  const ls = countsOf(PUBLISHED_LS);
  console.log(`  label-spreading, least-confident    ${spreadOf(ls)}   (peer 151 on its map)`);
  const own = countsOf({});
  const ratio = (mean(own) / mean(lp)).toFixed(2);
  console.log(
    `  default                             ${spreadOf(own)}   ${ratio} of LP+LC (<= 0.90)`,
  );
}

function liquidus(): void {
  const maps = [11, 12, 13, 14, 15, 16].map(liquidusMap);
  const options = { initial: 9, budget: 200, seeds: 1 };
  console.log(
    "\nLiquidus-like maps of the published sizes (6 maps): macro-F1 at 60 / 100, samples to 0.9 / 0.95",
  );
  for (const [name, settings] of [
    ["label-propagation, least-confident", PUBLISHED_LP],
    ["harmonic", { method: "harmonic" }],
    ["default", {}],
  ] as const) {
    const runs = maps.flatMap((map) => play(map, { ...options, settings }));
    const to = (level: number): string => spreadOf(samplesTo(runs, level, options.budget));
    console.log(
      `  ${name.padEnd(36)}${scoreAt(runs, 60)} / ${scoreAt(runs, 100)}   ${to(0.9)} / ${to(0.95)}`,
    );
  }
}

/** Seeds that nothing was tuned on. */
const ALLOY_SEEDS = [11, 12, 13];

function alloys(): void {
  console.log(
    "\nScattered alloys, 96-194 candidates, 3-7 elements, 9 generators x 3 maps: macro-F1 at 40 / 60",
  );
  const maps = ALLOY_TABLES.flatMap((table) =>
    ALLOY_LAWS.flatMap((law) => ALLOY_SEEDS.map((seed) => alloyMap(seed, { table, law }))),
  );
  const of = (settings: PhaseDiagramSettings): string => {
    const options = { initial: 9, budget: 60, seeds: 1, settings };
    const runs = maps.flatMap((map) => play(map, options));
    return `${scoreAt(runs, 40)} / ${scoreAt(runs, 60)}`;
  };
  console.log(`  default                             ${of({})}   (>= .64 / .78)`);
  for (const score of ["least-confident", "rarity-and-reach", "margin", "random"]) {
    console.log(`  default, ${score.padEnd(27)}${of({ score })}`);
  }
  console.log(`  harmonic                            ${of({ method: "harmonic" })}`);
  console.log(
    `  harmonic, random                    ${of({ method: "harmonic", score: "random" })}`,
  );
  console.log(`  label-propagation, least-confident  ${of(PUBLISHED_LP)}`);
}

function scoreAt(runs: readonly EvaluationRun[], samples: number): string {
  return mean(runs.map((run) => run.macroF1[run.samples.indexOf(samples)] ?? 0)).toFixed(3);
}

async function fine(): Promise<void> {
  const map = await cuMgZn(700, 4);
  const options = { initial: 10, budget: 260, seeds: 10 };
  console.log("\nCu-Mg-Zn, 700 K, 4 % grid, 31 labels: samples to macro-F1 0.95, 10 seeds");
  const of = (settings: PhaseDiagramSettings): number[] =>
    samplesTo(play(map, { ...options, settings }), 0.95, options.budget);
  const lp = of(PUBLISHED_LP);
  console.log(`  label-propagation, least-confident  ${spreadOf(lp)}   (peer 212)`);
  const own = of({});
  const ratio = (mean(own) / mean(lp)).toFixed(2);
  console.log(
    `  default                             ${spreadOf(own)}   ${ratio} of LP+LC (<= 0.85)`,
  );
}

async function batches(): Promise<void> {
  const maps = [...[1, 2, 3, 4].map(powerMap)];
  if (hasSharedData()) maps.push(await cuMgZn(700, 4));
  const options = { initial: 9, budget: 240, seeds: 8 };
  console.log("\nBatches over one by one: samples to macro-F1 0.95, mean over maps and 8 seeds");
  const of = (batch: number): number[] =>
    maps.flatMap((map) => samplesTo(play(map, { ...options, batch }), 0.95, options.budget));
  const single = of(1);
  console.log(`  one by one ${mean(single).toFixed(0)}`);
  for (const [batch, target] of [
    [10, 1.05],
    [20, 1.15],
  ] as const) {
    const counts = of(batch);
    const ratio = mean(counts) / mean(single);
    // Standard error of the ratio of two means over the same campaigns.
    const residuals = counts.map((n, k) => (n - ratio * single[k]!) / mean(single));
    const error = Math.sqrt(mean(residuals.map((x) => x * x)) / residuals.length);
    console.log(
      `  ${batch} at once ${mean(counts).toFixed(0)}: ${ratio.toFixed(3)} +- ${error.toFixed(3)} (<= ${target.toFixed(2)})`,
    );
  }
}

function space(): void {
  console.log(
    "\nComposition x temperature, 1386 points, about 50 labels, 20 at once: labels at 110",
  );
  for (const seed of [1, 2]) {
    const map = spaceMap(seed);
    const labels = new Set(map.rows.map((row) => row.label)).size;
    const at = (settings: PhaseDiagramSettings, batch: number): string =>
      mean(
        play(map, { initial: 10, budget: 110, seeds: 5, batch, settings }).map(
          (run) => run.phasesFound.at(-1) ?? 0,
        ),
      ).toFixed(1);
    const own = at({}, 20);
    console.log(
      `  map ${seed} (${labels} labels): ${own} (>= 36 of 55); one by one ${at({}, 1)}, ` +
        `ranking ${at(PUBLISHED_LP, 20)}, random ${at({ score: "random" }, 20)}`,
    );
  }
}

function speed(): void {
  console.log("\nA proposal after one result (median), cold, and memory; a process of its own");
  for (const [truth, budget, target] of [
    [fineSection(), 60, "20 ms, cold 0.3 s, 300 MB"],
    [fineStack(), 25, "1 s, cold 10 s, 1 GB"],
  ] as const) {
    const file = writeTruth(truth, truth.file);
    const document = JSON.parse(
      execFileSync(
        process.execPath,
        [
          ...["--import", "tsx", MAIN, "evaluate", "phase-diagram", "--truth", file],
          ...["--axes", truth.axes.join(","), "--initial", "10", "--budget", `${budget}`, "--json"],
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1e9 },
      ),
    ) as {
      runs: EvaluationRun[];
      summary: { proposal_ms: { median: number }; peakMemory_MB: number };
    };
    // The first proposal builds the graph, the second solves all labels: together they are what a restart costs.
    const [start, solve] = document.runs[0]?.proposal_ms ?? [];
    const cold = ((start ?? 0) + (solve ?? 0)) / 1e3;
    const { proposal_ms, peakMemory_MB } = document.summary;
    console.log(
      `  N = ${truth.rows.length}: ${proposal_ms.median.toFixed(0)} ms, cold ${cold.toFixed(2)} s, ` +
        `${peakMemory_MB} MB (<= ${target}); load of the machine ${loadavg()[0]?.toFixed(1)}`,
    );
  }
}

if (process.argv[1] === import.meta.filename) await run(process.argv.slice(2));
