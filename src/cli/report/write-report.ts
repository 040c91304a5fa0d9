import { listCandidates } from "../../domain/candidates.ts";
import { relearn } from "../../replay/relearn.ts";
import { candidateColumns } from "../../tables/candidate-columns.ts";
import type { ExportDocument } from "../../views/export-document.ts";
import type { LogStory } from "../../views/log-story.ts";
import { reportHtml } from "../../views/report.ts";
import type { CommandIo } from "../command.ts";
import { createProgress } from "../output/progress.ts";
import { structureLooks } from "../structure/structure-looks.ts";

/** The report of a campaign as HTML: its models are learnt again, its simulations looked at. */
export async function writeReport(
  document: ExportDocument,
  about: {
    readonly io: CommandIo;
    /** How a command names the log: `--data ./data`. */
    readonly where: string;
    readonly out: string;
    readonly story: LogStory;
  },
): Promise<string> {
  const { io, where, out, story } = about;
  const { campaignId, space } = document.campaign;
  const progress = createProgress(io, "report");
  const relearnt = await relearn(document, (done, total) => progress.update(done, total));
  const looks = await structureLooks(
    document,
    (text) => io.err(`warning: ${text}\n`),
    (done, total) => progress.update(done, total, "simulations"),
  );
  progress.finish();
  return reportHtml({
    ...relearnt,
    ...{ looks, document, story },
    columns: candidateColumns(listCandidates(space)).columns,
    commands: [
      `tieline replay ${where} --verify`,
      `tieline export --campaign ${campaignId} ${where} --format json`,
      `tieline report --campaign ${campaignId} ${where} --out ${out}`,
    ],
    runtime: process.version,
    madeAt: new Date().toISOString(),
  });
}
