import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type EvaluationRun,
  runEvaluation,
} from "../../src/evaluation/phase-diagram-evaluation.ts";
import { type PhaseDiagramTruth, readTruth } from "../../src/evaluation/phase-diagram-truth.ts";
import { mean } from "../support/statistics.ts";
import { gibbsBinary } from "./maps/gibbs-section.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/phase-diagrams");
const BUDGET = 100;
/** Relative temperatures and seeds of the made-up systems; the engine's weights were chosen on 1-6. */
const TEMPERATURES = Array.from({ length: 61 }, (_, k) => 0.5 + k / 30);
const HOLD_OUT = [7, 8, 9, 10, 11, 12];

interface Options {
  readonly coexistence?: "full" | "off";
  readonly batch?: number;
  readonly noise?: number;
  readonly told?: boolean;
  readonly seeds?: number;
}

/**
 * Binaries over temperature with tie-lines: experiments to macro-F1 0.8 / 0.9 from the corners, beside label propagation.
 * `binary.bench.ts [shared|hold-out|noise|batch]`.
 */
export async function run(): Promise<void> {
  const [part] = process.argv.slice(2);
  const shared = await sharedBinaries();
  if (shared.length === 0)
    console.log("(../shared/data/phase-diagrams is absent: only the made-up binaries)");
  const holdOut = HOLD_OUT.map((seed) => gibbsBinary(seed, 50, TEMPERATURES));
  const all = [...shared, ...holdOut];
  if (part === undefined || part === "shared" || part === "hold-out") {
    const maps = part === "shared" ? shared : part === "hold-out" ? holdOut : all;
    print("one by one, 5 seeds", maps, { seeds: 5 });
    print("label propagation, 2 seeds", maps, { coexistence: "off", seeds: 2 });
  }
  if (part === undefined || part === "batch") print("10 at once, 3 seeds", all, { batch: 10 });
  if (part === undefined || part === "noise") {
    print("composition noise 1 %, told, 3 seeds", all, { noise: 0.01, told: true });
    print("composition noise 1 %, not told, 3 seeds", all, { noise: 0.01 });
  }
}

async function sharedBinaries(): Promise<PhaseDiagramTruth[]> {
  const files = ["al-zn", "cu-mg"].map((name) => join(DATA, `${name}.csv`)).filter(existsSync);
  return Promise.all(
    files.map((file) =>
      readTruth({ file, axes: ["T_K", "x_B"], space: undefined, label: "phases" }),
    ),
  );
}

function print(title: string, truths: readonly PhaseDiagramTruth[], options: Options): void {
  console.log(title);
  for (const truth of truths) {
    const runs = Array.from({ length: options.seeds ?? 3 }, (_, k) => play(truth, options, k + 1));
    const name = truth.file.replace(/^.*\//, "").padEnd(18);
    const labels = new Set(truth.rows.map((row) => row.label)).size;
    const counts = [0.8, 0.9].map((level) => mean(runs.map((one) => reached(one, level))));
    const ends = runs.map((one) => one.macroF1.at(-1) ?? 0);
    const times = runs.flatMap((one) => one.proposal_ms).sort((a, b) => a - b);
    console.log(
      `  ${name} N ${truth.rows.length}, ${labels} labels: to 0.8 / 0.9 ${counts.map((n) => n.toFixed(0)).join(" / ")}, F1 at ${BUDGET} ${mean(ends).toFixed(3)} (least ${Math.min(...ends).toFixed(3)}), median proposal ${times[times.length >> 1]?.toFixed(1)} ms`,
    );
  }
}

function play(truth: PhaseDiagramTruth, options: Options, seed: number): EvaluationRun {
  const { coexistence = "full", batch = 1, noise = 0, told = false } = options;
  return runEvaluation(
    truth,
    {
      settings: { coexistence, compositionNoise_molFraction: told ? noise : undefined },
      batch,
      budget: BUDGET,
      startsAtCorners: true,
      initial: 0,
      compositionNoise: noise,
      missingCompositions: 0,
    },
    seed,
    () => undefined,
  );
}

/** Experiments to a level; the budget and a fifth where it was not reached. */
function reached(run: EvaluationRun, level: number): number {
  const k = run.macroF1.findIndex((f1) => f1 >= level);
  return k < 0 ? 1.2 * BUDGET : (run.samples[k] ?? 0);
}

if (process.argv[1] === import.meta.filename) await run();
