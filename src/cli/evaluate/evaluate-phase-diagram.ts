import type { Command } from "commander";
import { mean, quantile, standardDeviation } from "simple-statistics";
import { misuse } from "../../core/errors.ts";
import { foundInWords } from "../../domain/found-labels.ts";
import type { PhaseDiagramSettings } from "../../domain/goal-settings.ts";
import type {
  EvaluationOptions,
  EvaluationRun,
} from "../../evaluation/phase-diagram-evaluation.ts";
import { mapScoreNames } from "../../models/phase-diagram/graph/scores/index.ts";
import { type CommandIo, printJson } from "../command.ts";
import { distinctNames, numberWithin, oneOfWords, wholeNumber } from "../option-values.ts";
import { meanInWords, runsDiffer, runsInWords } from "../output/over-runs.ts";
import { createProgress } from "../output/progress.ts";
import { MAP_HELP } from "../output/write-map.ts";
import { PLOT_HELP } from "../output/write-picture.ts";

const EXAMPLE = `
Example:
  tieline evaluate phase-diagram --truth al-mg-zn_608K_10pct.csv --axes x_A,x_B,x_C --label phases \\
    --initial corners --budget 40 --seeds 3 --plot map.png --map map.csv
  tieline evaluate phase-diagram --truth al-mg-zn_608K_10pct.csv --axes x_A,x_B,x_C \\
    --initial corners --budget 30 --seeds 5 --composition-noise 0.01 --noise-not-told --json

Methods:   gaussian-process (default), harmonic (default on lattices of more than 20 000), label-propagation, label-spreading
Scores:    balanced (default), rarity-and-reach, least-confident, margin, entropy, expected-risk, random
Diversity: local-penalty (default), neighbour-exclusion, none`;

/** Warnings of the first run that are shown. */
const WARNINGS_MAX = 5;
const THRESHOLDS = [0.8, 0.9, 0.95] as const;

interface RawOptions {
  readonly truth: string;
  readonly axes: string;
  readonly space?: string;
  readonly label: string;
  readonly method?: string;
  readonly score?: string;
  readonly gamma?: string;
  readonly batch: string;
  readonly diversity?: string;
  readonly coexistence?: string;
  readonly initial: string;
  readonly budget: string;
  readonly seeds: string;
  readonly shared?: string;
  readonly refineFrom?: string;
  readonly compositionNoise: string;
  readonly noiseNotTold?: boolean;
  readonly missingCompositions: string;
  readonly wrongLabels: string;
  readonly plot?: string;
  readonly plotAxes?: string;
  readonly map?: string;
  readonly json?: boolean;
}

/** Adds `evaluate phase-diagram` to the `evaluate` command. */
export function registerEvaluatePhaseDiagram(evaluate: Command, io: CommandIo): void {
  evaluate
    .command("phase-diagram")
    .description(
      "play a phase-diagram campaign against a known diagram and count the experiments it takes",
    )
    .requiredOption(
      "--truth <file>",
      "CSV, one row a candidate: axes, label, and for coexistence phase_i, f_i, x_i_*",
    )
    .requiredOption("--axes <names>", "columns of the axes, composition first")
    .option("--space <kind>", "ternary or cartesian; found by the columns' sums where left out")
    .option("--label <column>", "column of the label; A+B is the set of phases A and B", "phases")
    .option("--method <name>", "model of the map")
    .option("--score <name>", `what makes a point worth measuring: ${mapScoreNames()}`)
    .option(
      "--gamma <g>",
      "kernel width exp(-g d^2) on z-scored axes; default: tied to the grid step; 20, as in other tools, for label-* on coarse grids",
    )
    .option("--batch <n>", "points at once", "1")
    .option("--diversity <name>", "how the points of a batch keep apart")
    .option(
      "--coexistence <level>",
      "off, midpoint or full (tie-lines from the first point); without it and without a named method or score: from the first tie-line on",
    )
    .option(
      "--initial <n>",
      "number of space-filling points, or corners: their phases are known",
      "8",
    )
    .option("--budget <n>", "experiments of a run", "100")
    .option("--seeds <n>", "number of runs", "1")
    .option("--shared <column>", "every batch shares one value of this axis")
    .option(
      "--refine-from <n>",
      "start on every n-th value of each axis, go to finer ones near boundaries only",
    )
    .option(
      "--composition-noise <s>",
      "standard deviation of each measured composition, mole fraction",
      "0",
    )
    .option(
      "--noise-not-told",
      "the model is not told that noise: it learns it from repeats and the lever rule",
    )
    .option("--missing-compositions <fraction>", "share of results without compositions", "0")
    .option("--wrong-labels <fraction>", "share of results with the phases of another place", "0")
    .option(
      "--plot <file>",
      `${PLOT_HELP} of the first run's map beside the truth, with the learning curves`,
    )
    .option("--plot-axes <x,y>", "two axes to draw, in place of the plane that fits the space")
    .option("--map <file>", MAP_HELP)
    .option("--json", "print one JSON document")
    .addHelpText("after", EXAMPLE)
    .action(async (raw: RawOptions) => {
      await evaluatePhaseDiagram(raw, io);
    });
}

async function evaluatePhaseDiagram(raw: RawOptions, io: CommandIo): Promise<void> {
  const { options, seeds, axes, space } = readOptions(raw);
  const { readTruth } = await import("../../evaluation/phase-diagram-truth.ts");
  const { runEvaluation } = await import("../../evaluation/phase-diagram-evaluation.ts");
  const truth = await readTruth({ file: raw.truth, axes, space, label: raw.label });
  for (const warning of truth.warnings ?? []) io.err(`warning: ${warning}\n`);
  if (options.settings.coexistence === "full" && !truth.hasCompositions) {
    throw misuse("TL-5004", `${truth.file} has no columns phase_i, f_i, x_i_* for coexistence`);
  }
  const budget = Math.min(options.budget, truth.rows.length);
  const outputs = await import("../output/evaluate-map-outputs.ts");
  const atEnd = outputs.collectFirstRun(raw, axes);
  const progress = createProgress(io, "evaluate");
  const runs: EvaluationRun[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    runs.push(
      runEvaluation(
        truth,
        { ...options, budget },
        seed,
        (samples) => progress.update((seed - 1) * budget + samples, seeds * budget),
        seed === 1 ? atEnd.collect : undefined,
      ),
    );
  }
  progress.finish();
  for (const warning of runs[0]?.warnings.slice(0, WARNINGS_MAX) ?? [])
    io.err(`warning: seed 1: ${warning}\n`);
  const labels = new Set(truth.rows.map((row) => row.label)).size;
  const document = {
    candidates: truth.rows.length,
    phases: labels,
    settings: {
      truth: raw.truth,
      axes,
      label: raw.label,
      ...whatRan(runs[0], options.settings),
      batch: options.batch,
      initial: options.startsAtCorners ? "corners" : options.initial,
      budget,
      seeds,
      shared: options.settings.shared,
      refineFrom_steps: options.settings.refineFrom_steps,
      compositionNoise: options.compositionNoise,
      noiseTold: options.settings.compositionNoise_molFraction !== undefined,
      missingCompositions: options.missingCompositions,
      wrongLabels: options.wrongLabels,
    },
    runs,
    summary: summarise(runs, labels),
  };
  await atEnd.write({ truth, runs, settings: document.settings }, io);
  if (raw.json === true) printJson(io, document);
  else io.out(describe(document));
}

/** What chose the last points of a run, and from when on where that was not from the start. */
function whatRan(run: EvaluationRun | undefined, settings: PhaseDiagramSettings) {
  const { from, ...ran } = run?.engines.at(-1) ?? { from: 0, method: "", score: "", diversity: "" };
  const coexistence = settings.coexistence ?? run?.engines.at(-1)?.coexistence ?? "off";
  return { ...ran, coexistence, ...(from > 0 && { coexistenceFrom: from }) };
}

function readOptions(raw: RawOptions): {
  options: EvaluationOptions;
  seeds: number;
  axes: string[];
  space: "ternary" | "cartesian" | undefined;
} {
  const axes = distinctNames("--axes", raw.axes);
  if (raw.shared !== undefined && !axes.includes(raw.shared)) {
    throw misuse("TL-1001", `--shared ${raw.shared} is not among the axes ${axes.join(", ")}`);
  }
  const noise = numberWithin("--composition-noise", raw.compositionNoise, 0, 0.5);
  const settings: PhaseDiagramSettings = {
    method: raw.method,
    score: raw.score,
    diversity: raw.diversity,
    coexistence:
      raw.coexistence === undefined
        ? undefined
        : oneOfWords("--coexistence", raw.coexistence, ["off", "midpoint", "full"] as const),
    shared: raw.shared,
    refineFrom_steps:
      raw.refineFrom === undefined ? undefined : wholeNumber("--refine-from", raw.refineFrom, 2),
    gamma: raw.gamma === undefined ? undefined : numberWithin("--gamma", raw.gamma, 1e-6, 1e9),
    compositionNoise_molFraction: noise > 0 && raw.noiseNotTold !== true ? noise : undefined,
  };
  const startsAtCorners = raw.initial === "corners";
  return {
    axes,
    space:
      raw.space === undefined
        ? undefined
        : oneOfWords("--space", raw.space, ["ternary", "cartesian"] as const),
    seeds: wholeNumber("--seeds", raw.seeds, 1),
    options: {
      settings,
      batch: wholeNumber("--batch", raw.batch, 1),
      budget: wholeNumber("--budget", raw.budget, 1),
      startsAtCorners,
      initial: startsAtCorners ? 0 : wholeNumber("--initial", raw.initial, 1),
      compositionNoise: noise,
      missingCompositions: numberWithin("--missing-compositions", raw.missingCompositions, 0, 1),
      wrongLabels: numberWithin("--wrong-labels", raw.wrongLabels, 0, 1),
    },
  };
}

interface Reached {
  readonly mean: number | null;
  readonly sd: number | null;
  readonly reached: number;
}

function summarise(runs: readonly EvaluationRun[], labels: number) {
  const first = (run: EvaluationRun, isThere: (k: number) => boolean): number | undefined => {
    const k = run.samples.findIndex((_, index) => isThere(index));
    return k < 0 ? undefined : run.samples[k];
  };
  const times = runs.flatMap((run) => run.proposal_ms);
  const timeWithin = (share: number): number =>
    times.length === 0 ? 0 : Number(quantile(times, share).toFixed(3));
  return {
    samplesToMacroF1: Object.fromEntries(
      THRESHOLDS.map((level) => [
        String(level),
        spread(runs.map((run) => first(run, (k) => (run.macroF1[k] ?? 0) >= level))),
      ]),
    ) as Record<string, Reached>,
    samplesToAllPhases: spread(
      runs.map((run) => first(run, (k) => (run.phasesFound[k] ?? 0) >= labels)),
    ),
    proposal_ms: { median: timeWithin(0.5), p99: timeWithin(0.99) },
    peakMemory_MB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** Mean and standard deviation over the runs that got there. */
function spread(values: readonly (number | undefined)[]): Reached {
  const there = values.filter((value) => value !== undefined);
  if (there.length === 0) return { mean: null, sd: null, reached: 0 };
  return { mean: mean(there), sd: standardDeviation(there), reached: there.length };
}

function describe(document: {
  candidates: number;
  phases: number;
  settings: { batch: number };
  runs: readonly EvaluationRun[];
  summary: ReturnType<typeof summarise>;
}): string {
  const { settings, summary, runs } = document;
  const differ = runsDiffer(runs);
  const count = (item: Reached): string =>
    item.mean === null
      ? "not reached"
      : `${meanInWords(item.mean, item.reached > 1 ? item.sd : null, differ)} experiments (${runsInWords(item.reached, runs.length, differ)})`;
  const engines = (runs[0]?.engines ?? []).map(({ from, method, score, diversity }) => {
    const since = from === 0 ? "" : `from experiment ${from + 1} on `;
    return `${since}${method}, ${score} (${diversity})`;
  });
  const last = runs.map((run) => run.macroF1.at(-1) ?? 0);
  const found = runs[0]?.labelsAtEnd;
  return [
    `${document.candidates} candidates, ${document.phases} labels; batches of ${settings.batch}; ${engines.join("; ")}`,
    ...Object.entries(summary.samplesToMacroF1).map(
      ([level, item]) => `  macro-F1 ${level.padEnd(4)}  ${count(item)}`,
    ),
    `  all labels     ${count(summary.samplesToAllPhases)}`,
    `  at the end     macro-F1 ${(last.reduce((sum, x) => sum + x, 0) / Math.max(1, last.length)).toFixed(3)}`,
    ...(found === undefined ? [] : [`  its labels     ${foundInWords(found)} (seed 1)`]),
    `  a proposal     ${summary.proposal_ms.median} ms (99 %: ${summary.proposal_ms.p99} ms), ${summary.peakMemory_MB} MB`,
    "",
  ].join("\n");
}
