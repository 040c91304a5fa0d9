import { cacheFolderOf, openEventLog } from "../../adapters/storage/open-event-log.ts";
import { createSnapshotFile } from "../../adapters/storage/snapshot-file.ts";
import { codeFingerprint } from "../../adapters/system/code-fingerprint.ts";
import { deflatePacker } from "../../adapters/system/deflate-packer.ts";
import { VERSION } from "../core/version.ts";
import type { EventLog } from "../events/event-log.ts";
import { applyEvent } from "../runtime/apply-event.ts";
import { createCampaignIndex } from "../runtime/campaign-index.ts";
import { createLab, type Lab } from "../runtime/lab.ts";
import { listJobs, locateJob, observationsOf, summariseCampaign } from "../runtime/lab-status.ts";
import { readRuns } from "../runtime/read-runs.ts";
import { createExportFold, type ExportFold } from "../views/export-document.ts";
import { restoreSnapshot } from "./fold-cache.ts";
import { type ReadLogOptions, readLog } from "./read-log.ts";

export interface ReadExportsOptions extends Omit<ReadLogOptions, "onEvent"> {
  /** Folder of the daemon's caches, where the log has no folder of its own. */
  readonly folder?: string | undefined;
  /** The campaign that is wanted; absent: the only one. */
  readonly campaignId?: string | undefined;
}

/** What can be exported of one campaign. */
export type CampaignExports = Pick<ExportFold, "campaignIds" | "document">;

/**
 * Reads what is wanted of one campaign: with the snapshot that a daemon keeps, only the campaign's own events and those behind
 * the snapshot; without one that fits, the whole log. A daemon may be running on it. TL-4001 where there is none.
 */
export async function readExports(options: ReadExportsOptions): Promise<CampaignExports> {
  const { address, logger, site, campaignId } = options;
  const folder = cacheFolderOf(address, options.folder ?? "");
  const snapshot =
    folder === "" ? undefined : await createSnapshotFile(folder, codeFingerprint()).load();
  if (snapshot === undefined) return (await readLog(options)).exports;
  const log = await openEventLog({ address, logger, readOnly: true, known: snapshot.mark });
  try {
    if (log.knownThrough !== snapshot.mark.position) return (await readLog(options)).exports;
    const [lab, index] = [createLab(deflatePacker), createCampaignIndex()];
    const known = restoreSnapshot({ lab, index }, snapshot);
    for await (const event of log.read(known + 1)) {
      applyEvent(lab, event);
      index.note(event);
    }
    const campaignIds = [...lab.specs.keys()];
    const only = campaignIds.length === 1 ? campaignIds[0] : undefined;
    const wanted = campaignId ?? only ?? "";
    const exports = await foldRuns({ log, lab, site, runs: index.runsOf(wanted) });
    return { campaignIds, document: (id) => exports.document(id) };
  } finally {
    await log.close();
  }
}

async function foldRuns(about: {
  readonly log: EventLog;
  readonly lab: Lab;
  readonly site: string;
  readonly runs: Parameters<typeof readRuns>[1];
}): Promise<ExportFold> {
  const { log, lab, site, runs } = about;
  let position = 0;
  const exports = createExportFold({
    site,
    version: VERSION,
    state: {
      campaignStatus: (id) => summariseCampaign(lab, id),
      locateJob: (id) => placeThen(lab, id, position),
      judgementOf: (at) => lab.judgements.get(at),
      toldAt: (at) => lab.told.get(at),
      observationsOf: (id, at) => observationsOf(lab, id, at),
      allJobs: (id) => listJobs(lab, id),
    },
  });
  for await (const event of readRuns(log, runs)) {
    ({ position } = event);
    exports.fold(event);
  }
  return exports;
}

/** Where a job belongs; what was measured on the way is told as it was known at its result, not as it is at the log's end. */
function placeThen(lab: Lab, jobId: string, position: number): ReturnType<typeof locateJob> {
  const place = locateJob(lab, jobId);
  const result = lab.results.get(place?.campaignId ?? "")?.find((one) => one.position === position);
  return place === undefined || result === undefined ? place : { ...place, actual: result.actual };
}
