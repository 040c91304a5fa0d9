import { LabError } from "../core/errors.ts";
import type { OtherVersion } from "../replay/verify-proposals.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";
import { addLogOptions, type LogOptions, openLog } from "./log-options.ts";
import { createProgress } from "./output/progress.ts";
import { createStderrLogger } from "./stderr-logger.ts";

interface ReplayOptions extends LogOptions {
  readonly verify?: boolean;
  readonly json?: boolean;
}

/** `tieline replay`: rebuilds the state from the log, and with `--verify` every proposal. */
export const registerReplay: RegisterCommand = (program, io) => {
  addLogOptions(program.command("replay"))
    .description(
      "rebuilds the state from the log; with --verify refits and compares every proposal",
    )
    .option("--verify", "asks the planners again and compares each answer with the log's")
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      "\nExamples:\n  tieline replay --verify --data ./data\n  tieline replay --verify --data al-mg-zn.zip\n",
    )
    .action(async (options: ReplayOptions) => {
      const { address, close } = openLog(options);
      await replay(address, options, io).finally(close);
    });
};

async function replay(address: string, options: ReplayOptions, io: CommandIo): Promise<void> {
  const { readLog } = await import("../replay/read-log.ts");
  const { createProposalVerifier } = await import("../replay/verify-proposals.ts");
  const logger = createStderrLogger(io);
  const total = options.verify ? (await readLog({ address, site: "default", logger })).events : 0;
  const progress = createProgress(io, "verify");
  const verifier = options.verify ? createProposalVerifier() : undefined;
  const { lab, events } = await readLog({
    address,
    site: "default",
    logger,
    onEvent: (event, before) => {
      verifier?.check(event, before);
      if (verifier !== undefined) progress.update(event.position, total);
    },
  });
  progress.finish();
  const campaigns = [...lab.machines.campaign].map(([campaignId, campaign]) => ({
    campaignId,
    state: campaign.states[0],
    observations: lab.results.get(campaignId)?.length ?? 0,
    budget: { used: campaign.context.observed, total: campaign.context.budget },
  }));
  const verified = verifier === undefined ? undefined : verifier.summary();
  if (options.json)
    printJson(io, { events, campaigns, ...(verified === undefined ? {} : { verified }) });
  else {
    io.out(`${events} events replayed.\n`);
    for (const one of campaigns) {
      io.out(
        `${one.campaignId}: ${one.state}, ${one.budget.used} of ${one.budget.total} measured\n`,
      );
    }
    if (verified !== undefined) {
      io.out(`${verified.agree} of ${verified.proposals} proposals agree.\n`);
      for (const other of verified.otherVersions) io.out(`${aboutOther(other)}\n`);
    }
  }
  const first = verified?.differences.at(0);
  if (first !== undefined) {
    throw new LabError(
      "TL-4006",
      `${verified?.differences.length} proposal(s) differ; the first is ${first.requestId} at position ${first.position}: ${first.what}`,
    );
  }
}

function aboutOther({ campaignId, logged, today, proposals, agree }: OtherVersion): string {
  const made = `${campaignId}: ${proposals} proposal(s) by planner version ${logged}, this is ${today}`;
  const outcome =
    agree === proposals
      ? "all the same"
      : `${proposals - agree} differ, as they may after an update`;
  return `${made}; ${outcome}.`;
}
