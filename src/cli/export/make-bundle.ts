import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Files } from "../../../adapters/exports/bundle-files.ts";
import { CHECKSUMS_FILE, checksumsText, sha256Of } from "../../../adapters/exports/checksums.ts";
import { parquetOf } from "../../../adapters/exports/parquet.ts";
import { LOG_FILE } from "../../../adapters/storage/file-event-log.ts";
import { codeFingerprint } from "../../../adapters/system/code-fingerprint.ts";
import type { Logger } from "../../core/logger.ts";
import { VERSION } from "../../core/version.ts";
import { copyLog } from "../../replay/copy-log.ts";
import { readLog } from "../../replay/read-log.ts";
import { readStory } from "../../replay/read-story.ts";
import type { ExportDocument } from "../../views/export-document.ts";
import { exportCsv, exportJsonLines, toCsv } from "../../views/export-text.ts";
import type { LogStory } from "../../views/log-story.ts";
import { type BundledFile, CRATE_FILE, crateMetadata } from "../../views/research-object.ts";
import { curveRows, RESULT_COLUMNS, resultRows } from "../../views/result-rows.ts";

export interface BundleOptions {
  /** The log's address. */
  readonly address: string;
  /** The configuration with what is secret left out; absent: only what the log has of it. */
  readonly configuration?: { readonly name: string; readonly text: string } | undefined;
  readonly license: string;
  readonly logger: Logger;
  /** The report of a campaign. */
  readonly report: (document: ExportDocument, story: LogStory) => Promise<string>;
  readonly now: () => Date;
  /** A photograph of the data folder, by its contents. */
  readonly photo: (
    sha256: string,
  ) => { readonly bytes: Uint8Array; readonly mediaType: string } | undefined;
}

type Part = Pick<BundledFile, "path" | "mediaType" | "words"> & {
  readonly content: string | Uint8Array;
};

/** Everything that somebody else needs to check a laboratory's campaigns, as files; `tieline replay --data` opens them. */
export async function makeBundle(options: BundleOptions): Promise<Files> {
  const log = await copyOfLog(options);
  const { address, logger } = options;
  const { exports } = await readLog({ address, site: "default", logger });
  const versions = new Set<string>();
  const documents = exports.campaignIds.flatMap((id) => exports.document(id) ?? []);
  const parts: Part[] = [
    {
      ...{ path: LOG_FILE, mediaType: "application/jsonl", content: log },
      words: "The event log: every fact in order, one checksummed JSON document a line",
    },
  ];
  if (options.configuration !== undefined)
    parts.push({
      ...{ path: options.configuration.name, mediaType: "application/yaml" },
      ...{ words: "The configuration; secrets are left out", content: options.configuration.text },
    });
  for (const document of documents) {
    const story = await readStory(address, document.campaign.campaignId, logger);
    for (const version of story.versions) versions.add(version);
    parts.push(...(await partsOf(document, story, options)));
  }
  parts.push(...photosOfAll(documents, options));
  return sealed(parts, documents, [...versions], options);
}

/** Another place's log as the file that a folder has. */
async function copyOfLog({ address, logger }: BundleOptions): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-log-"));
  try {
    await copyLog({ from: address, to: folder, logger });
    return readFileSync(join(folder, LOG_FILE));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function partsOf(
  document: ExportDocument,
  story: LogStory,
  { report }: BundleOptions,
): Promise<Part[]> {
  const { campaignId, title } = document.campaign;
  const curves = curveRows(document);
  const csv = "text/csv";
  const parquet = "application/vnd.apache.parquet";
  const parts: Part[] = [];
  const add = (name: string, mediaType: string, words: string, content: Part["content"]): void => {
    const path = `${campaignId}/${name}`;
    parts.push({ path, mediaType, words: `${title}: ${words}`, content });
  };
  add(
    "results.csv",
    csv,
    "the results, one row each, numbered as in the report",
    exportCsv(document),
  );
  add(
    "results.parquet",
    parquet,
    "the same table",
    parquetOf(resultRows(document), { campaignId }, RESULT_COLUMNS),
  );
  if (curves.length > 0) {
    const words = "every point of every curve, beside its axis";
    add("curves.csv", csv, words, toCsv(curves));
    add("curves.parquet", parquet, "the same table", parquetOf(curves, { campaignId }));
  }
  const everything = "settings, results, jobs, proposals with their models, decisions";
  add("everything.jsonl", "application/jsonl", everything, exportJsonLines(document));
  add("report.html", "text/html", "the report", await report(document, story));
  return parts;
}

/** What people photographed, each picture once; one that is not there any more is said. */
function photosOfAll(
  documents: readonly ExportDocument[],
  { photo, logger }: BundleOptions,
): Part[] {
  const named = documents.flatMap(({ observations, decisions, jobs }) =>
    [...observations, ...decisions, ...jobs].flatMap(({ photos = [] }) => photos),
  );
  const sums = new Set(named.map(({ sha256 }) => sha256));
  return [...sums].flatMap((sha256): Part[] => {
    const found = photo(sha256);
    if (found === undefined) {
      logger.warn({ sha256 }, "bundle.photoMissing");
      return [];
    }
    const { bytes: content, mediaType } = found;
    const path = `photos/${sha256}.${mediaType === "image/jpeg" ? "jpg" : mediaType.slice(6)}`;
    return [{ path, mediaType, words: "A photograph; everything.jsonl names it", content }];
  });
}

function sealed(
  parts: readonly Part[],
  documents: readonly ExportDocument[],
  versions: readonly string[],
  { license, now }: BundleOptions,
): Files {
  const readme = readmeText(documents);
  const all: Part[] = [
    { path: "README.txt", mediaType: "text/plain", words: "How to open this", content: readme },
    ...parts,
  ];
  const files = all.map(({ content, ...part }) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return { ...part, bytes: bytes.byteLength, sha256: sha256Of(bytes), content: bytes };
  });
  const program = { version: VERSION, code: codeFingerprint(), runtime: process.version };
  const listed = files.map(({ content: _, ...file }) => file);
  const about = { documents, files: listed, versions, program, license };
  const crate = crateMetadata({ ...about, madeAt: now().toISOString() });
  const crateText = Buffer.from(`${JSON.stringify(crate, undefined, 1)}\n`);
  const checksums = checksumsText([...files, { path: CRATE_FILE, sha256: sha256Of(crateText) }]);
  return new Map<string, Uint8Array>([
    ...files.map(({ path, content }) => [path, content] as const),
    [CRATE_FILE, crateText],
    [CHECKSUMS_FILE, Buffer.from(checksums)],
  ]);
}

function readmeText(documents: readonly ExportDocument[]): string {
  const lines = documents.map(
    ({ campaign, observations }) =>
      `${campaign.campaignId}/  ${campaign.title}: ${observations.length} results, ${campaign.state}`,
  );
  return `A laboratory's closed loop, as its event log has it.

${lines.join("\n")}

${LOG_FILE}  every fact in order; all else here follows from it
${CRATE_FILE}  what each file is, in RO-Crate 1.1
${CHECKSUMS_FILE}  checksums: sha256sum -c ${CHECKSUMS_FILE}

With Tieline ${VERSION} (any computer with Node.js, nothing else):

  tieline replay --data this-folder-or-zip --verify   rebuilds every state and asks the planners every question again
  tieline report --data this-folder-or-zip --campaign ID --out report.html
  tieline export --data this-folder-or-zip --campaign ID --format csv

Results are numbered from 1, in every table and in the report by the same number. Units stand in the heads of columns: strength [MPa].
`;
}
