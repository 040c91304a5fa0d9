import type { PartlySound } from "../../config/load-configuration.ts";
import type { ConfigurationProblem } from "../../config/yaml-problems.ts";
import { LabError } from "../core/errors.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";

interface ValidateOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly births?: string | true;
}

/** `tieline validate`: every problem of a configuration at once. */
export const registerValidate: RegisterCommand = (program, io) => {
  program
    .command("validate")
    .description("checks a configuration and reports every problem at once, with its line")
    .requiredOption("--config <file>", "configuration (YAML)")
    .option(
      "--births [broker]",
      "asks the instruments on a broker too (default: the configuration's): names, units, capabilities, limits",
    )
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      "\nExamples:\n  tieline validate --config lab.yaml\n  tieline validate --config lab.yaml --births mqtt://broker.lab:1883\n",
    )
    .action((options: ValidateOptions) => runValidate(options, io));
};

async function runValidate(options: ValidateOptions, io: CommandIo): Promise<void> {
  const { loadConfiguration } = await import("../../config/load-configuration.ts");
  const { formatProblem } = await import("../../config/yaml-problems.ts");
  const { campaignSpecs } = await import("../../config/campaign-spec.ts");
  try {
    const { findModelProblems, refuseBadModels } = await import("./check-models.ts");
    const loaded = loadConfiguration(options.config, findModelProblems);
    const campaigns = campaignSpecs(loaded, loaded.configuration.seed);
    refuseBadModels(loaded, campaigns);
    const { findInstrumentProblems } = await import("./check-births.ts");
    const found = await findInstrumentProblems(options.config, options.births);
    if (found.length > 0)
      throw new LabError("TL-1010", `The configuration has ${found.length} problem(s)`, {
        context: { problems: found },
        exitCode: 2,
      });
    if (options.json)
      return printJson(io, {
        valid: true,
        problems: [],
        campaigns: campaigns.map(({ spec }) => spec.campaignId),
      });
    io.out(
      `${options.config} is valid: ${campaigns.length} campaign(s), site ${loaded.configuration.site}.\n`,
    );
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const problems = await allProblems(error, options);
    if (options.json)
      printJson(io, {
        valid: false,
        problems: problems ?? [{ file: options.config, line: 0, path: "", text: error.message }],
      });
    if (problems === undefined) throw error;
    if (!options.json)
      for (const problem of problems) io.err(`${error.code}: ${formatProblem(problem)}\n`);
    throw new LabError(error.code, `${options.config} has ${problems.length} problem(s)`, {
      cause: error,
    });
  }
}

/** The problems that the error brings, and what can be found of the campaigns that are sound. */
async function allProblems(
  error: LabError,
  options: ValidateOptions,
): Promise<ConfigurationProblem[] | undefined> {
  const { problems, partly } = error.context as {
    problems?: ConfigurationProblem[];
    partly?: PartlySound;
  };
  if (problems === undefined || partly === undefined) return problems;
  const { findFurtherProblems } = await import("./check-models.ts");
  const { findInstrumentProblems } = await import("./check-births.ts");
  const births = await findInstrumentProblems(options.config, options.births);
  // What the configuration alone shows is told once.
  const told = new Set(problems.map(({ path }) => path));
  const further = births.filter(({ path }) => !told.has(path));
  return [...problems, ...findFurtherProblems(partly), ...further].sort((a, b) => a.line - b.line);
}
