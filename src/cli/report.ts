import { misuse } from "../core/errors.ts";
import type { CommandIo, RegisterCommand } from "./command.ts";
import { chooseCampaign } from "./export.ts";
import { addLogOptions, type LogOptions, logAddress, logWords } from "./log-options.ts";
import { createProgress } from "./output/progress.ts";
import { writeNamedFile } from "./output/write-file.ts";
import { createStderrLogger } from "./stderr-logger.ts";

interface ReportOptions extends LogOptions {
  readonly campaign?: string;
  readonly out: string;
}

/** `tieline report`: one self-contained HTML of a campaign. */
export const registerReport: RegisterCommand = (program, io) => {
  addLogOptions(program.command("report"))
    .description("writes a self-contained HTML report of a campaign, running or finished")
    .option("--campaign <id>", "the campaign; not needed where there is only one")
    .requiredOption("--out <file>", "the HTML file to write")
    .addHelpText("after", "\nExample:\n  tieline report --data ./data --out al-mg-zn.html\n")
    .action((options: ReportOptions) => runReport(options, io));
};

async function runReport(options: ReportOptions, io: CommandIo): Promise<void> {
  const { readExports } = await import("../replay/read-exports.ts");
  const { reportHtml } = await import("../views/report.ts");
  const { candidateColumns } = await import("../tables/candidate-columns.ts");
  const { listCandidates } = await import("../domain/candidates.ts");
  const logger = createStderrLogger(io);
  const exports = await readExports({
    ...{ address: logAddress(options), site: "default", logger },
    ...{ folder: options.data, campaignId: options.campaign },
  });
  const campaignId = chooseCampaign(exports, options.campaign);
  const document = exports.document(campaignId);
  if (document === undefined)
    throw misuse("TL-1001", `There is no campaign ${campaignId} in ${logWords(options)}`);
  const { relearn } = await import("../replay/relearn.ts");
  const progress = createProgress(io, "report");
  const relearnt = await relearn(document, (done, total) => progress.update(done, total));
  const { structureLooks } = await import("./structure/structure-looks.ts");
  const looks = await structureLooks(
    document,
    (text) => io.err(`warning: ${text}\n`),
    (done, total) => progress.update(done, total, "simulations"),
  );
  progress.finish();
  const html = reportHtml({
    ...relearnt,
    looks,
    document,
    columns: candidateColumns(listCandidates(document.campaign.space)).columns,
    commands: [
      `tieline replay ${logWords(options)} --verify`,
      `tieline export --campaign ${campaignId} ${logWords(options)} --format json`,
      `tieline report --campaign ${campaignId} ${logWords(options)} --out ${options.out}`,
    ],
    runtime: process.version,
    madeAt: new Date().toISOString(),
  });
  await writeNamedFile(options.out, html);
  io.out(`Report of ${campaignId}: ${options.out}, ${Math.round(html.length / 1000)} kB\n`);
}
