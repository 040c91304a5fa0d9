import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Option } from "commander";
import { LabError, misuse } from "../core/errors.ts";
import type { ExportFold } from "../views/export-document.ts";
import type { CommandIo, RegisterCommand } from "./command.ts";
import { createStderrLogger } from "./stderr-logger.ts";

interface ExportOptions {
  readonly campaign?: string;
  readonly format: "csv" | "json" | "jsonl";
  readonly data: string;
  readonly out?: string;
}

/** `tieline export`: observations, jobs and proposals of a campaign. */
export const registerExport: RegisterCommand = (program, io) => {
  program
    .command("export")
    .description("prints a campaign's observations, jobs and proposals; a daemon may be running")
    .option("--campaign <id>", "the campaign; not needed where there is only one")
    .addOption(
      new Option("--format <format>", "csv: the observations; json, jsonl: everything")
        .choices(["csv", "json", "jsonl"])
        .makeOptionMandatory(),
    )
    .option("--data <dir>", "data folder of the daemon", "./data")
    .option("--out <file>", "writes a file instead of standard output")
    .addHelpText("after", "\nExample:\n  tieline export --format csv --data ./data --out map.csv\n")
    .action((options: ExportOptions) => runExport(options, io));
};

async function runExport(options: ExportOptions, io: CommandIo): Promise<void> {
  const { readLog } = await import("../read-log.ts");
  const { exportCsv, exportJsonLines } = await import("../views/export-text.ts");
  const logger = createStderrLogger(io);
  const { exports } = await readLog({ folder: resolve(options.data), site: "default", logger });
  const document = exports.document(chooseCampaign(exports, options.campaign));
  if (document === undefined)
    throw misuse("TL-1001", `There is no campaign ${options.campaign} in ${options.data}`);
  const text =
    options.format === "csv"
      ? exportCsv(document)
      : options.format === "json"
        ? `${JSON.stringify(document)}\n`
        : exportJsonLines(document);
  if (options.out === undefined) return io.out(text);
  try {
    writeFileSync(options.out, text);
  } catch (error) {
    throw new LabError(
      "TL-1003",
      `${options.out} cannot be written (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/** The campaign asked for, or the only one there is. */
export function chooseCampaign(exports: ExportFold, wanted: string | undefined): string {
  const ids = exports.campaignIds;
  if (wanted !== undefined && ids.includes(wanted)) return wanted;
  const list = ids.length === 0 ? "it holds none" : `it holds ${ids.join(", ")}`;
  if (wanted !== undefined) throw misuse("TL-1001", `The log has no campaign ${wanted}: ${list}`);
  const only = ids.at(0);
  if (only === undefined || ids.length > 1)
    throw misuse("TL-1001", `Name the campaign of the log with --campaign: ${list}`);
  return only;
}
