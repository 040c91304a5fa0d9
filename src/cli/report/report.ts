import { misuse } from "../../core/errors.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { chooseCampaign } from "../export/export.ts";
import { addLogOptions, type LogOptions, logWords, openLog } from "../log-options.ts";
import { writeNamedFile } from "../output/write-file.ts";
import { createStderrLogger } from "../stderr-logger.ts";

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
  const { readExports } = await import("../../replay/read-exports.ts");
  const opened = openLog(options);
  try {
    const exports = await readExports({
      ...{ address: opened.address, site: "default", logger: createStderrLogger(io) },
      ...{ folder: options.data, campaignId: options.campaign },
    });
    const campaignId = chooseCampaign(exports, options.campaign);
    const document = exports.document(campaignId);
    if (document === undefined)
      throw misuse("TL-1001", `There is no campaign ${campaignId} in ${logWords(options)}`);
    const { writeReport } = await import("./write-report.ts");
    const { readStory } = await import("../../replay/read-story.ts");
    const story = await readStory(opened.address, campaignId, createStderrLogger(io));
    const about = { io, where: logWords(options), out: options.out, story };
    const html = await writeReport(document, about);
    await writeNamedFile(options.out, html);
    io.out(`Report of ${campaignId}: ${options.out}, ${Math.round(html.length / 1000)} kB\n`);
  } finally {
    opened.close();
  }
}
