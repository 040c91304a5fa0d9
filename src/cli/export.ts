import { Option } from "commander";
import { misuse } from "../core/errors.ts";
import type { ExportDocument, ExportFold } from "../views/export-document.ts";
import type { CommandIo, RegisterCommand } from "./command.ts";
import { addLogOptions, type LogOptions, logAddress, logWords } from "./log-options.ts";
import { writeNamedFile } from "./output/write-file.ts";
import { createStderrLogger } from "./stderr-logger.ts";

interface ExportOptions extends LogOptions {
  readonly campaign?: string;
  readonly format: "csv" | "json" | "jsonl";
  readonly what: "all" | MapPart;
  readonly out?: string;
}

/** Parts of a campaign's map. */
const MAP_PARTS = ["map", "boundaries", "tie-lines", "triangles"] as const;
type MapPart = (typeof MAP_PARTS)[number];

const EXAMPLES = `
Examples:
  tieline export --format csv --data ./data --out results.csv
  tieline export --format json --what map --out map.json
  tieline export --format csv --what tie-lines
`;

/** `tieline export`: observations, jobs and proposals of a campaign. */
export const registerExport: RegisterCommand = (program, io) => {
  addLogOptions(program.command("export"))
    .description("prints a campaign's observations, jobs and proposals; a daemon may be running")
    .option("--campaign <id>", "the campaign; not needed where there is only one")
    .addOption(
      new Option("--format <format>", "csv: the observations; json, jsonl: everything")
        .choices(["csv", "json", "jsonl"])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        "--what <part>",
        "all that was observed, or a part of the map that follows from it",
      )
        .choices(["all", ...MAP_PARTS])
        .default("all"),
    )
    .option("--out <file>", "writes a file instead of standard output")
    .addHelpText("after", EXAMPLES)
    .action((options: ExportOptions) => runExport(options, io));
};

async function runExport(options: ExportOptions, io: CommandIo): Promise<void> {
  const { readExports } = await import("../replay/read-exports.ts");
  const logger = createStderrLogger(io);
  const exports = await readExports({
    ...{ address: logAddress(options), site: "default", logger },
    ...{ folder: options.data, campaignId: options.campaign },
  });
  const document = exports.document(chooseCampaign(exports, options.campaign));
  if (document === undefined)
    throw misuse("TL-1001", `There is no campaign ${options.campaign} in ${logWords(options)}`);
  const { format, what, out } = options;
  const text =
    what === "all" ? await writeAll(document, format) : await writeMapPart(document, what, format);
  if (out === undefined) return io.out(text);
  await writeNamedFile(out, text);
}

async function writeAll(
  document: ExportDocument,
  format: ExportOptions["format"],
): Promise<string> {
  const { exportCsv, exportJsonLines } = await import("../views/export-text.ts");
  if (format === "csv") return exportCsv(document);
  return format === "json" ? `${JSON.stringify(document)}\n` : exportJsonLines(document);
}

/** The map that the campaign's results lead to: its model is not in the log, so it learns them again. */
async function writeMapPart(
  document: ExportDocument,
  part: MapPart,
  format: ExportOptions["format"],
): Promise<string> {
  const { campaignMap } = await import("../replay/campaign-map.ts");
  const { mapTables } = await import("../views/map-document.ts");
  const map = await campaignMap(document);
  if (format === "csv") return mapTables(map).get(part === "map" ? "" : part) ?? "";
  const { boundaries, tieLines, triangles } = map;
  const parts = { map, boundaries, "tie-lines": tieLines, triangles };
  if (format === "json") return `${JSON.stringify(parts[part])}\n`;
  const rows: readonly unknown[] = part === "map" ? map.candidates : parts[part];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** The campaign asked for, or the only one there is. */
export function chooseCampaign(
  exports: Pick<ExportFold, "campaignIds">,
  wanted: string | undefined,
): string {
  const ids = exports.campaignIds;
  if (wanted !== undefined && ids.includes(wanted)) return wanted;
  const list = ids.length === 0 ? "it holds none" : `it holds ${ids.join(", ")}`;
  if (wanted !== undefined) throw misuse("TL-1001", `The log has no campaign ${wanted}: ${list}`);
  const only = ids.at(0);
  if (only === undefined || ids.length > 1)
    throw misuse("TL-1001", `Name the campaign of the log with --campaign: ${list}`);
  return only;
}
