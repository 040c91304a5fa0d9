import type { Command } from "commander";
import { misuse } from "../../core/errors.ts";
import { mapScoreNames } from "../../models/phase-diagram/graph/scores/index.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { MAP_HELP } from "../output/write-map.ts";
import { PLOT_HELP } from "../output/write-picture.ts";
import type { SuggestOptions } from "./suggest-options.ts";

const EXAMPLES = `
Examples:
  tieline suggest --candidates candidates.csv --goal phase-diagram --batch 5 --plot map.svg --map map.csv
  tieline suggest --candidates reactions.csv --goal optimise --objectives yield:max --batch 3
  tieline suggest --candidates alloys.csv --goal optimise --objectives strength:max,density:min --shared temperature_K --batch 3
  tieline suggest --space synthesis-space.yaml --goal optimise --objectives yield:max --results synthesis.csv --batch 2
  tieline suggest --space synthesis-space.yaml --goal optimise --objectives yield:max --results mine.csv \\
    --tell "Al=0.6,Mg=0.1,Zn=0.3,melt_K=1100,crucible=alumina,annealed=no,yield=0.62"

A candidate whose result is empty (or NA, N/A, None, -) is unmeasured. For a phase diagram the label is the last column (or
--label). Columns that cannot be inputs (constant, row numbers, dates, remarks) are left out and named; --axes decides.
Names with commas or blanks go in quotes: --axes '"Time, min",salt'.`;

/** One goal's way of making a batch from a table. */
export type SuggestForGoal = (options: SuggestOptions, io: CommandIo) => Promise<void>;

/** Goal -> its module, loaded only when asked for. */
const GOALS: Readonly<Record<string, () => Promise<SuggestForGoal>>> = {
  "phase-diagram": async () => (await import("./suggest-phase-diagram.ts")).suggestPhaseDiagram,
  optimise: async () => (await import("./suggest-optimise.ts")).suggestOptimise,
};

function loaderOf({ goal, candidates, space, results }: SuggestOptions) {
  if (goal === undefined)
    throw misuse("TL-1001", `Name the goal: --goal ${Object.keys(GOALS).join(" or ")}`);
  const load = GOALS[goal];
  if (load === undefined)
    throw misuse("TL-1001", `--goal must be ${Object.keys(GOALS).join(" or ")}, not "${goal}"`);
  if ((candidates === undefined) === (space === undefined))
    throw misuse("TL-1001", "Name one of --candidates and --space");
  if (space === undefined && results !== undefined)
    throw misuse(
      "TL-1001",
      "--results goes with --space",
      "A table of candidates has its results.",
    );
  if (space === undefined) return load;
  if (goal !== "optimise") throw misuse("TL-1001", "--space is for --goal optimise");
  return async () => (await import("./suggest-in-space.ts")).suggestInSpace;
}

function collect(text: string, all: readonly string[]): string[] {
  return [...all, text];
}

/** `suggest`: one batch from a table, no daemon, no broker. */
export const registerSuggest: RegisterCommand = (program: Command, io) => {
  program
    .command("suggest")
    .description("propose the next experiments from a table of candidates")
    .option("--candidates <file>", "CSV with a header, one row a candidate")
    .option("--space <file>", "optimise: YAML of axes, fractions and limits, instead of candidates")
    .option(
      "--results <file>",
      "with --space: CSV of what was measured; not there yet: nothing was",
    )
    .option("--goal <goal>", Object.keys(GOALS).join(" or "))
    .option(
      "--tell <result>",
      'what an experiment gave, e.g. "temperature_K=467,yield=0.83": written into the table first',
      collect,
      [],
    )
    .option("--objectives <list>", "optimise: columns to improve, e.g. y:min,z:max")
    .option("--label <column>", "phase-diagram: column of the label (default: the last)")
    .option("--axes <names>", "columns of the axes (default: all others)")
    .option("--method <name>", "phase-diagram: model of the map")
    .option(
      "--score <name>",
      `phase-diagram: what makes a point worth measuring: ${mapScoreNames()}`,
    )
    .option("--diversity <name>", "phase-diagram: how the points of a batch keep apart")
    .option("--shared <column>", "all points of the batch share one value of this axis")
    .option("--refine-from <n>", "phase-diagram: every n-th value first, finer near boundaries")
    .option("--confidence <column>", "phase-diagram: column of each label's confidence, 0..1")
    .option("--acquisition <name>", "optimise: what makes a point worth measuring")
    .option("--kernel <name>", "optimise: matern-5/2 (default) or squared-exponential")
    .option("--constraints <list>", "optimise: measured columns with a range, e.g. density:..5")
    .option("--limit <expr>", 'optimise: linear limit on the axes, e.g. "a+2*b<=1"', collect, [])
    .option("--cost <column>", "optimise: cost of each candidate")
    .option("--reference <list>", "optimise: reference point of the hypervolume")
    .option("--initial <n>", "optimise: results of a space-filling design before the model chooses")
    .option("--initial-design <name>", "optimise: sobol (default), latin-hypercube or random")
    .option("--exploration <k>", "optimise: deviations that upper-confidence-bound credits (2)")
    .option("--log-inputs <names>", "optimise: positive axes that differ by factors")
    .option("--components <names>", "optimise: axes that are fractions and sum to 1")
    .option(
      "--in-flight <lines>",
      "lines of the file that are being measured, e.g. 7,12: not proposed again",
    )
    .option("--batch <n>", "points wanted", "1")
    .option("--out <file>", "also write the proposals to this CSV file")
    .option("--seed <n>", "names the random stream", "1")
    .option("--plot <file>", `${PLOT_HELP} of what is known and what comes next`)
    .option("--plot-axes <x,y>", "phase-diagram: two axes to draw")
    .option("--map <file>", `phase-diagram: ${MAP_HELP}`)
    .option("--json", "print one JSON document")
    .addHelpText("after", EXAMPLES)
    .action(async (_: unknown, command: Command) => {
      const { keepRecord, withRecord } = await import("./options-record.ts");
      const options = await withRecord(command, io);
      const load = loaderOf(options);
      if (options.tell.length > 0) {
        await (await import("./tell-results.ts")).tellResults(options, io);
        await keepRecord(command, options);
      }
      await (await load())(options, io);
    });
};
