import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { LabError, misuse } from "../core/errors.ts";
import type { ExportDocument } from "../views/export-document.ts";
import type { DrawableView } from "../views/planner-views.ts";
import type { CommandIo, RegisterCommand } from "./command.ts";
import { chooseCampaign } from "./export.ts";
import { createStderrLogger } from "./stderr-logger.ts";

interface ReportOptions {
  readonly campaign?: string;
  readonly data: string;
  readonly out: string;
}

/** `tieline report`: one self-contained HTML of a campaign. */
export const registerReport: RegisterCommand = (program, io) => {
  program
    .command("report")
    .description("writes a self-contained HTML report of a campaign, running or finished")
    .option("--campaign <id>", "the campaign; not needed where there is only one")
    .option("--data <dir>", "data folder of the daemon", "./data")
    .requiredOption("--out <file>", "the HTML file to write")
    .addHelpText("after", "\nExample:\n  tieline report --data ./data --out al-mg-zn.html\n")
    .action((options: ReportOptions) => runReport(options, io));
};

async function runReport(options: ReportOptions, io: CommandIo): Promise<void> {
  const { readLog } = await import("../read-log.ts");
  const { reportHtml } = await import("../views/report.ts");
  const { candidateColumns } = await import("../../adapters/dashboard/api-routes.ts");
  const { listCandidates } = await import("../planning/candidates.ts");
  const logger = createStderrLogger(io);
  const { exports } = await readLog({ folder: resolve(options.data), site: "default", logger });
  const campaignId = chooseCampaign(exports, options.campaign);
  const document = exports.document(campaignId);
  if (document === undefined)
    throw misuse("TL-1001", `There is no campaign ${campaignId} in ${options.data}`);
  const html = reportHtml({
    document,
    columns: candidateColumns(listCandidates(document.campaign.space)).columns,
    view: await finalView(document),
    commands: [
      `tieline replay --data ${options.data} --verify`,
      `tieline export --campaign ${campaignId} --data ${options.data} --format json`,
    ],
    madeAt: new Date().toISOString(),
  });
  try {
    writeFileSync(options.out, html);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new LabError("TL-1003", `${options.out} cannot be written (${why})`, { cause });
  }
  io.out(`Report of ${campaignId}: ${options.out}, ${Math.round(html.length / 1000)} kB\n`);
}

/** The planner learns the campaign's results again: they are in the log, its model is not. */
async function finalView(document: ExportDocument): Promise<DrawableView> {
  const { createPlanner } = await import("../planning/create-planner.ts");
  const planner = createPlanner(document.campaign);
  const results = document.observations
    .filter((observation) => !observation.withdrawn)
    .map(({ position, candidateId, parameters, actual, result }) => ({
      position,
      candidateId,
      parameters,
      ...(actual === undefined ? {} : { actual }),
      observations: result,
    }));
  planner.learn(results);
  return planner.view();
}
