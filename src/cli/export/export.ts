import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Option } from "commander";
import { LabError, misuse } from "../../core/errors.ts";
import type { ExportDocument, ExportFold } from "../../views/export-document.ts";
import type { Row } from "../../views/result-rows.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { addLogOptions, type LogOptions, logAddress, logWords, openLog } from "../log-options.ts";
import { writeNamedFile } from "../output/write-file.ts";
import { createStderrLogger } from "../stderr-logger.ts";

interface ExportOptions extends LogOptions {
  readonly campaign?: string;
  readonly format: Format | "bundle";
  readonly what: "all" | "curves" | MapPart;
  readonly out?: string;
  readonly config?: string;
  readonly license: string;
}

type Format = "csv" | "json" | "jsonl" | "parquet";

/** Parts of a campaign's map. */
const MAP_PARTS = ["map", "boundaries", "tie-lines", "triangles"] as const;
type MapPart = (typeof MAP_PARTS)[number];

const EXAMPLES = `
Examples:
  tieline export --format csv --data ./data --out results.csv
  tieline export --format parquet --out results.parquet
  tieline export --format csv --what curves --out curves.csv
  tieline export --format json --what map --out map.json
  tieline export --format csv --what tie-lines
  tieline export --format bundle --config lab.yaml --license https://spdx.org/licenses/CC-BY-4.0 --out al-mg-zn.zip
`;

/** `tieline export`: observations, jobs and proposals of a campaign, or everything for somebody else to check. */
export const registerExport: RegisterCommand = (program, io) => {
  addLogOptions(program.command("export"))
    .description(
      "prints a campaign's observations, jobs and proposals, or bundles a whole log; a daemon may be running",
    )
    .option("--campaign <id>", "the campaign; not needed where there is only one")
    .addOption(
      new Option(
        "--format <format>",
        "csv, parquet: a table of the results; json, jsonl: everything; bundle: all campaigns with log and checksums, as a folder or .zip (RO-Crate)",
      )
        .choices(["csv", "json", "jsonl", "parquet", "bundle"])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        "--what <part>",
        "all that was observed; the points of its curves; or a part of the map that follows from it",
      )
        .choices(["all", "curves", ...MAP_PARTS])
        .default("all"),
    )
    .option("--out <file>", "writes a file instead of standard output")
    .option("--config <file>", "of a bundle: the configuration to put in, without its secrets")
    .option("--license <text>", "of a bundle: what others may do with it", "not stated")
    .addHelpText("after", EXAMPLES)
    .action((options: ExportOptions) => runExport(options, io));
};

async function runExport(options: ExportOptions, io: CommandIo): Promise<void> {
  const { format, what, out } = options;
  if (format === "bundle") return await writeBundleTo(options, io);
  if (format === "parquet" && out === undefined)
    throw misuse("TL-1001", "Parquet is no text: name a file with --out FILE.parquet");
  const opened = openLog(options);
  try {
    const document = await documentOf(options, opened.address, io);
    const content = await write(document, what, format);
    if (out !== undefined) await writeNamedFile(out, content);
    else io.out(String(content));
  } finally {
    opened.close();
  }
}

async function documentOf(
  options: ExportOptions,
  address: string,
  io: CommandIo,
): Promise<ExportDocument> {
  const { readExports } = await import("../../replay/read-exports.ts");
  const exports = await readExports({
    ...{ address, site: "default", logger: createStderrLogger(io) },
    ...{ folder: options.data, campaignId: options.campaign },
  });
  const document = exports.document(chooseCampaign(exports, options.campaign));
  if (document !== undefined) return document;
  throw misuse("TL-1001", `There is no campaign ${options.campaign} in ${logWords(options)}`);
}

async function write(
  document: ExportDocument,
  what: ExportOptions["what"],
  format: Format,
): Promise<string | Uint8Array> {
  if (what === "all" && (format === "json" || format === "jsonl")) {
    const { exportJsonLines } = await import("../../views/export-text.ts");
    return format === "json" ? `${JSON.stringify(document)}\n` : exportJsonLines(document);
  }
  if (what !== "all" && what !== "curves") return await writeMapPart(document, what, format);
  const { CURVE_COLUMNS, curveRows, RESULT_COLUMNS, resultRows } = await import(
    "../../views/result-rows.ts"
  );
  const [rows, least] =
    what === "all" ? [resultRows(document), RESULT_COLUMNS] : [curveRows(document), CURVE_COLUMNS];
  const { campaignId, title } = document.campaign;
  return await writeRows(rows, format, { campaignId, title }, least);
}

async function writeRows(
  rows: readonly Row[],
  format: Format,
  about: Readonly<Record<string, string>>,
  least: readonly string[] = [],
): Promise<string | Uint8Array> {
  if (format === "json") return `${JSON.stringify(rows)}\n`;
  if (format === "jsonl") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  if (format === "parquet")
    return (await import("../../../adapters/exports/parquet.ts")).parquetOf(rows, about, least);
  const { columnNames } = await import("../../views/result-rows.ts");
  const { toCsv } = await import("../../views/export-text.ts");
  return toCsv(rows, columnNames(rows, least));
}

/** The map that the campaign's results lead to: its model is not in the log, so it learns them again. */
async function writeMapPart(
  document: ExportDocument,
  part: MapPart,
  format: Format,
): Promise<string | Uint8Array> {
  const { campaignMap } = await import("../../replay/campaign-map.ts");
  const { mapRows, mapTables } = await import("../../views/map-document.ts");
  const map = await campaignMap(document);
  const named = part === "map" ? "" : part;
  if (format === "csv") return mapTables(map).get(named) ?? "";
  if (format === "parquet")
    return await writeRows(mapRows(map).get(named) ?? [], format, { title: map.title });
  const { boundaries, tieLines, triangles } = map;
  const parts = { map, boundaries, "tie-lines": tieLines, triangles };
  if (format === "json") return `${JSON.stringify(parts[part])}\n`;
  const rows: readonly unknown[] = part === "map" ? map.candidates : parts[part];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

async function writeBundleTo(options: ExportOptions, io: CommandIo): Promise<void> {
  const { out, config, license } = options;
  if (out === undefined)
    throw misuse(
      "TL-1001",
      "A bundle is a folder or a ZIP file: name it with --out DIR or --out FILE.zip",
    );
  const { makeBundle } = await import("./make-bundle.ts");
  const { writeBundle } = await import("../../../adapters/exports/bundle-files.ts");
  const { openPhotoStore } = await import("../../../adapters/photos/photo-store.ts");
  const { writeReport } = await import("../report/write-report.ts");
  const files = await makeBundle({
    ...{ address: logAddress(options), license, logger: createStderrLogger(io) },
    configuration: config === undefined ? undefined : await configurationOf(config),
    report: (document, story) =>
      writeReport(document, { io, where: logWords(options), out: "report.html", story }),
    now: () => new Date(),
    photo: openPhotoStore(options.data ?? ".").read,
  });
  writeBundle(out, files);
  const bytes = [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  io.out(`${files.size} files, ${Math.ceil(bytes / 1000)} kB: ${out}\n`);
  io.out(`Check it: tieline replay --verify --data ${out}\n`);
}

async function configurationOf(file: string): Promise<{ name: string; text: string }> {
  const { withoutSecrets } = await import("../../../config/without-secrets.ts");
  try {
    return { name: basename(file), text: withoutSecrets(readFileSync(file, "utf8")) };
  } catch (cause) {
    throw new LabError("TL-1002", `The configuration ${file} cannot be read`, { cause });
  }
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
  if (only === undefined)
    throw misuse(
      "TL-1001",
      "The log holds no campaign yet: was it written by a start that failed?",
    );
  if (ids.length > 1)
    throw misuse("TL-1001", `Name the campaign of the log with --campaign: ${list}`);
  return only;
}
