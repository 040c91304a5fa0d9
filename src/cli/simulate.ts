import type { SimulationResult, VirtualLaboratory } from "../../simulators/index.ts";
import { LabError } from "../core/errors.ts";
import type { PlannedCampaign } from "../runtime/take-configuration.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";
import { createProgress, formatDuration } from "./output/progress.ts";

interface SimulateOptions {
  readonly seed: string;
  readonly faults: string;
  readonly config?: string;
  readonly people?: boolean;
  readonly strangers?: boolean;
  readonly json?: boolean;
}

/** `tieline simulate`: the production code in virtual time. */
export const registerSimulate: RegisterCommand = (program, io) => {
  program
    .command("simulate")
    .description(
      "runs the whole loop in virtual time with checkers: weeks of laboratory in seconds, one seed one history",
    )
    .option("--seed <n>", "draws the laboratory, its noise and its faults", "1")
    .option("--faults <names>", "none, swarm, or fault names separated by commas", "none")
    .option("--config <file>", "configuration (YAML); default: the simulated Al-Mg-Zn laboratory")
    .option(
      "--people",
      "somebody approves, rejects, pauses, stops, clears, changes ... as the seed draws",
    )
    .option(
      "--strangers",
      "clients that belong to nobody report, announce, acknowledge and command",
    )
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      "\nExamples:\n  tieline simulate --seed 7\n  tieline simulate --seed 7 --faults swarm\n" +
        "  tieline simulate --seed 7 --faults gullible,kills --people --strangers\n",
    )
    .action((options: SimulateOptions) => runSimulate(options, io));
};

async function runSimulate(options: SimulateOptions, io: CommandIo): Promise<void> {
  const { campaignSpecs } = await import("../../config/campaign-spec.ts");
  const { defaultConfigurationFile, loadConfiguration } = await import(
    "../../config/load-configuration.ts"
  );
  const simulators = await import("../../simulators/index.ts");
  const { DEFAULT_INSTRUMENTS, planFaults, runSimulation } = simulators;
  const loaded = loadConfiguration(options.config ?? defaultConfigurationFile());
  const simulated = loaded.configuration.laboratory?.simulated;
  const instruments = simulated?.instruments?.map(({ id, kind, capacity }) => ({
    instrumentId: id,
    ...{ kind, capacity },
  }));
  const instrumentIds = (instruments ?? DEFAULT_INSTRUMENTS).map((one) => one.instrumentId);
  const drawn = planFaults(options.faults, { seed: options.seed, instrumentIds });
  const planned = campaignSpecs(loaded, options.seed).map((one) => ({ ...one, autoStart: true }));
  const budget = planned.reduce((sum, { spec }) => sum + spec.budget, 0);
  const progress = createProgress(io, "simulate");
  let observations = 0;
  const result = await runSimulation({
    seed: options.seed,
    truth: simulated?.truth,
    instruments,
    noise: { ...simulated?.noise, ...drawn.noise },
    faults: drawn.faults,
    campaigns: planned,
    policies: loaded.configuration.instruments,
    people: (laboratory) => letIn(simulators, laboratory, options, planned),
    onEvent: ({ fact }) => {
      if (fact.type === "planner.proposed") progress.update(Math.min(budget, observations), budget);
      if (fact.type === "job.result" && fact.observations.length > 0) observations += 1;
    },
  });
  progress.finish();
  report(options, io, result);
}

/** They leave after ten hours of the laboratory's, so that the campaigns come to their end. */
const CALM_AFTER_s = 36_000;

function letIn(
  simulators: typeof import("../../simulators/index.ts"),
  laboratory: VirtualLaboratory,
  { seed, people, strangers }: SimulateOptions,
  planned: readonly PlannedCampaign[],
): void {
  for (const { spec } of planned) {
    const { campaignId, budget } = spec;
    const [name, { min = 0, max = undefined } = {}] = Object.entries(spec.limits)[0] ?? [];
    const limits = name === undefined || max === undefined ? undefined : { name, min, max };
    const about = { seed: `${seed}/${campaignId}`, campaignId };
    if (people === true)
      simulators.letPeopleIn(laboratory, {
        ...{ ...about, limits, budget, every_s: 900, calmAfter_s: CALM_AFTER_s },
      });
    if (strangers === true)
      simulators.letStrangersIn(laboratory, {
        ...{ ...about, site: simulators.DEFAULT_SITE, guardedIds: [] },
        ...{ every_s: 300, until_s: CALM_AFTER_s },
      });
  }
}

function report(options: SimulateOptions, io: CommandIo, result: SimulationResult): void {
  const campaigns = [...result.loop.lab.machines.campaign].map(([campaignId, campaign]) => ({
    campaignId,
    state: campaign.states[0] ?? "",
    observations: result.loop.lab.results.get(campaignId)?.length ?? 0,
    budget: { used: campaign.context.observed, total: campaign.context.budget },
    phasesFound: result.loop.view.campaign(campaignId)?.model?.summary["phasesFound"],
  }));
  const good = result.finished && result.violations.length === 0;
  const again = [
    `tieline simulate --seed ${options.seed} --faults ${options.faults}`,
    ...(options.people ? ["--people"] : []),
    ...(options.strangers ? ["--strangers"] : []),
    ...(options.config ? [`--config ${options.config}`] : []),
  ].join(" ");
  const summary = {
    seed: options.seed,
    faults: options.faults,
    passed: good,
    finished: result.finished,
    elapsed_s: result.elapsed_s,
    events: result.events.length,
    restarts: result.restarts,
    physicalStarts: result.ledger.filter((entry) => entry.event === "started").length,
    campaigns,
    violations: result.violations,
    reproduce: again,
  };
  if (options.json) printJson(io, summary);
  else {
    for (const one of campaigns) {
      io.out(
        `${one.campaignId}: ${one.state}, ${one.budget.used} of ${one.budget.total} measured\n`,
      );
    }
    io.out(
      `${result.events.length} events in ${formatDuration(result.elapsed_s)} of laboratory time, ${result.restarts} restarts of the daemon\n`,
    );
    for (const violation of result.violations) io.out(`VIOLATION ${JSON.stringify(violation)}\n`);
    io.out(`SEED=${options.seed} ${good ? "PASSED" : "FAILED"}; the same run again: ${again}\n`);
  }
  if (!good) {
    const what = result.finished
      ? `${result.violations.length} violation(s)`
      : "the campaigns did not end in time";
    throw new LabError("TL-3002", `The simulation with seed ${options.seed} failed: ${what}`);
  }
}
