/**
 * Every row of the optimisation table. `npx tsx test/benchmarks/optimise.bench.ts [seeds] [row]`: 10 seeds by default, all of
 * it about ten minutes on two quiet cores. Rows: times, many, branin, hartmann, spin, vlmop2, kursawe, grain.
 */
import { fractionOfBest } from "../../src/evaluation/summarise-optimise.ts";
import { mean } from "../support/statistics.ts";
import { type Play, play, tableOf } from "./optimise-play.ts";
import {
  type BenchmarkPool,
  braninPool,
  grainBoundaryPool,
  hartmannPool,
  kursawePool,
  sharedHartmannPool,
  vlmop2Pool,
} from "./optimise-pools.ts";
import { reportRow } from "./optimise-report.ts";
import { reportManyResults, reportTimes } from "./optimise-times.ts";
import { spinPool } from "./spin-pool.ts";

const INITIAL = 10;
const BUDGET = 80;
/** COMBO's protocol: random points, then the model's; success is one of the best thirty. */
const GRAIN = { initial: 20, budget: 300, top: 30 };

export async function run(): Promise<void> {
  const seeds = Number(process.argv[2] ?? 10);
  const only = process.argv[3];
  const rows: [string, () => void][] = [
    ["times", reportTimes],
    ["many", reportManyResults],
    ["branin", () => reportOptimum(braninPool(), seeds, "10 of 10", "5 of 10")],
    ["hartmann", () => reportHartmann(seeds)],
    ["spin", () => reportRegret(spinPool(), seeds, "<= 0.14", "EI 0.30, TS 0.22")],
    ["vlmop2", () => reportHypervolume(vlmop2Pool(), seeds, ">= 0.998", "0.998")],
    ["kursawe", () => reportHypervolume(kursawePool(), seeds, ">= 0.86", "0.830")],
    ["grain", () => reportTop(grainBoundaryPool(), seeds)],
  ];
  for (const [name, row] of rows) if (only === undefined || only === name) row();
}

function plays(pool: BenchmarkPool, seeds: number, initial = INITIAL, budget = BUDGET): Play[] {
  return Array.from({ length: seeds }, (_, k) => play(pool, k + 1, initial, budget));
}

/** The peers' table, and another draw whose second hill is much lower than its first: a harder one. */
function reportHartmann(seeds: number): void {
  const shared = sharedHartmannPool();
  if (shared !== undefined) reportRegret(shared, seeds, "<= 0.006", "0.006");
  reportRegret(hartmannPool(), seeds, "<= 0.006", "not measured");
}

function reportOptimum(pool: BenchmarkPool, seeds: number, target: string, peer: string): void {
  const runs = plays(pool, seeds);
  const found = runs.filter(({ regret }) => regret <= 0).length;
  reportRow(`${pool.name}: optimum found by ${BUDGET}`, `${found} of ${seeds}`, target, peer);
}

function reportRegret(pool: BenchmarkPool, seeds: number, target: string, peer: string): void {
  const runs = plays(pool, seeds);
  const found = runs.filter(({ regret }) => regret <= 0).length;
  const regret = mean(runs.map((r) => r.regret)).toFixed(4);
  const text = `${regret} (optimum ${found} of ${seeds})`;
  reportRow(`${pool.name}: mean simple regret at ${BUDGET}`, text, target, peer);
}

function reportHypervolume(pool: BenchmarkPool, seeds: number, target: string, peer: string): void {
  const inputs = Object.keys(pool.rows[0] ?? {});
  const model = { objectives: pool.objectives, inputs };
  const most = fractionOfBest(tableOf(pool), model, pool.reference).hypervolume_max ?? Number.NaN;
  const share = mean(plays(pool, seeds).map((r) => r.hypervolume / most));
  reportRow(`${pool.name}: hypervolume at ${BUDGET}`, share.toFixed(4), target, peer);
}

function reportTop(pool: BenchmarkPool, seeds: number): void {
  const values = [...pool.outcomes.values()][0] ?? new Float64Array(0);
  const sign = pool.objectives[0]?.direction === "min" ? -1 : 1;
  const order = [...values.keys()].sort((a, b) => sign * ((values[b] ?? 0) - (values[a] ?? 0)));
  const top = new Set(order.slice(0, GRAIN.top));
  const runs = plays(pool, seeds, GRAIN.initial, GRAIN.budget);
  const hits = runs.filter(({ sampled }) => sampled.some((row) => top.has(row))).length;
  const first = mean(runs.map(({ sampled }) => sampled.findIndex((row) => top.has(row)) + 1));
  const text = `${((100 * hits) / seeds).toFixed(0)} % of ${seeds}, after ${first.toFixed(0)}`;
  reportRow(
    `${pool.name}: a top-${GRAIN.top} point by ${GRAIN.budget}`,
    text,
    ">= 95 %",
    "83-90 %",
  );
}

if (process.argv[1] === import.meta.filename) await run();
