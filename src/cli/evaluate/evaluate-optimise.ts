import type { Command } from "commander";
import { LabError } from "../../core/errors.ts";
import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { KnownTable, PlayedRun } from "../../evaluation/play-optimise.ts";
import { type CommandIo, printJson } from "../command.ts";
import {
  checkRoles,
  parseConstraints,
  parseCount,
  parseDesign,
  parseExploration,
  parseInputConstraints,
  parseNames,
  parseObjectives,
  parseReference,
} from "../optimise-options.ts";
import { createProgress } from "../output/progress.ts";
import { PLOT_HELP } from "../output/write-picture.ts";
import { optimiseSentences } from "./optimise-sentences.ts";

const EXAMPLE = `
Example:
  tieline evaluate optimise --table branin.csv --inputs x1,x2 --objectives y:min --initial 10 --budget 60 --seeds 10 --plot branin.png

A row whose objective is empty, nan or inf is an experiment that fails. A column with text in it is a category.
Everything about the model: docs/optimisation.md.`;

interface RawOptions {
  readonly table: string;
  readonly inputs: string[];
  readonly objectives: string;
  readonly acquisition?: string;
  readonly kernel?: string;
  readonly batch: number;
  readonly initial?: number;
  readonly initialDesign: "sobol" | "latin-hypercube" | "random";
  readonly budget: number;
  readonly seeds: number;
  readonly reference?: string;
  readonly constraints?: string;
  readonly limit: string[];
  readonly cost?: string;
  readonly shared?: string;
  readonly exploration?: number;
  readonly logInputs?: string[];
  readonly components?: string[];
  readonly plot?: string;
  readonly json?: boolean;
}

/** Adds `evaluate optimise` to the `evaluate` command. */
export function registerEvaluateOptimise(evaluate: Command, io: CommandIo): void {
  let scores = "";
  // Its help lists the scores, which come with their mathematics: loaded when `evaluate` is meant, not at every start.
  evaluate.parent?.hook("preSubcommand", async (_, command) => {
    if (command !== evaluate) return;
    scores = (await import("../../planning/optimise/scores/index.ts")).scoreHelp();
  });
  evaluate
    .command("optimise")
    .description("play an optimisation against a table of known results and follow its regret")
    .requiredOption("--table <file>", "CSV with a header, one row a candidate")
    .requiredOption("--inputs <names>", "columns that the model learns from", parseNames)
    .requiredOption("--objectives <list>", "for example y:min,z:max or t:target:3..5")
    .option("--acquisition <name>", "score that chooses the next point (see below)")
    .option("--kernel <name>", "matern-5/2 (default) or squared-exponential")
    .option("--batch <n>", "points at once", parseCount("--batch", 1), 1)
    .option("--initial <n>", "points before the model chooses", parseCount("--initial", 1))
    .option("--initial-design <name>", "sobol, latin-hypercube or random", parseDesign, "sobol")
    .option("--budget <n>", "experiments of a run", parseCount("--budget", 1), 100)
    .option("--seeds <n>", "number of runs", parseCount("--seeds", 1), 1)
    .option("--reference <list>", "reference point of the hypervolume, one number an objective")
    .option("--constraints <list>", "measured columns that must lie in a range: density:..5")
    .option(
      "--limit <expression>",
      'linear limit on the inputs, e.g. "a+2*b<=1"; repeatable',
      collect,
      [],
    )
    .option("--cost <column>", "cost of each candidate: gain per cost is made large")
    .option("--shared <column>", "every batch shares one value of this column")
    .option(
      "--exploration <k>",
      "deviations that upper-confidence-bound credits (2)",
      parseExploration,
    )
    .option("--log-inputs <names>", "positive inputs that differ by factors", parseNames)
    .option("--components <names>", "inputs that are fractions and sum to 1", parseNames)
    .option(
      "--plot <file>",
      `${PLOT_HELP} of regret, the first run's models with their uncertainty, the Pareto front`,
    )
    .option("--json", "print one JSON document")
    .addHelpText("after", () => `${EXAMPLE}\n\n${scores}\n`)
    .action(async (raw: RawOptions) => {
      await evaluateOptimise(raw, io);
    });
}

function collect(text: string, all: readonly string[]): string[] {
  return [...all, text];
}

async function evaluateOptimise(raw: RawOptions, io: CommandIo): Promise<void> {
  const model = readSettings(raw);
  checkRoles(model);
  const reference = parseReference(raw.reference, model.objectives.length);
  const { playOptimise } = await import("../../evaluation/play-optimise.ts");
  const { frontOfTable, summarisePlay, fractionOfBest } = await import(
    "../../evaluation/summarise-optimise.ts"
  );
  const { resolveSettings } = await import("../../planning/optimise/resolve-settings.ts");
  const resolved = resolveSettings(model);
  const table = await readKnownTable(raw, model);
  const { collectFirstPlay } = await import("../output/plot-optimise.ts");
  const atEnd = collectFirstPlay(raw.plot);
  const progress = createProgress(io, "evaluate");
  const runs: PlayedRun[] = [];
  for (let seed = 1; seed <= raw.seeds; seed++) {
    const settings = { model, batch: raw.batch, budget: raw.budget, seed, reference };
    runs.push(
      playOptimise(
        table,
        settings,
        () => performance.now(),
        (done) => progress.update((seed - 1) * raw.budget + done, raw.seeds * raw.budget),
        seed === 1 ? atEnd.collect : undefined,
      ),
    );
  }
  progress.finish();
  const document = {
    candidates: table.candidates,
    settings: {
      table: raw.table,
      inputs: raw.inputs,
      objectives: model.objectives,
      acquisition: resolved.score.name,
      kernel: resolved.kernel,
      batch: raw.batch,
      initial: raw.initial,
      initialDesign: resolved.design,
      budget: raw.budget,
      seeds: raw.seeds,
      reference,
    },
    ...fractionOfBest(table, model, reference),
    runs,
    summary: summarisePlay(runs, table, model, reference),
  };
  const acquisition = resolved.score.name;
  const trueFront = frontOfTable(table, model);
  await atEnd.write({ table: raw.table, runs, known: table, model, trueFront, acquisition }, io);
  if (raw.json === true) printJson(io, document);
  else io.out(optimiseSentences(document));
}

function readSettings(raw: RawOptions): OptimiseSettings {
  return {
    objectives: parseObjectives(raw.objectives),
    acquisition: raw.acquisition,
    kernel: raw.kernel,
    inputs: raw.inputs,
    initial: raw.initial,
    initialDesign: raw.initialDesign,
    shared: raw.shared,
    constraints: parseConstraints(raw.constraints),
    inputConstraints: parseInputConstraints(raw.limit),
    cost: raw.cost,
    exploration: raw.exploration,
    logInputs: raw.logInputs,
  };
}

async function readKnownTable(raw: RawOptions, model: OptimiseSettings): Promise<KnownTable> {
  const { readParameters } = await import("../../tables/optimise-cells.ts");
  const { readResults } = await import("../../tables/result-cells.ts");
  const { readTable } = await import("../../tables/table.ts");
  const table = readTable(raw.table);
  if (table.rows.length === 0) throw new LabError("TL-1020", `${raw.table} has no rows`);
  const names = [
    ...new Set([...raw.inputs, ...[raw.cost, raw.shared].filter((n) => n !== undefined)]),
    ...(raw.components ?? []).filter((name) => !raw.inputs.includes(name)),
  ];
  const rows = readParameters(table, names);
  const outcomes = new Map(
    [...model.objectives, ...(model.constraints ?? [])].map(({ name }) => {
      const { cells } = readResults(table, name);
      return [
        name,
        Float64Array.from(cells, (cell) => (cell?.kind === "value" ? cell.value : Number.NaN)),
      ];
    }),
  );
  return {
    space: { kind: "table", rows, components: raw.components },
    candidates: rows.length,
    outcomes,
  };
}
