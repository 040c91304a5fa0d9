import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import type { Logger } from "../core/logger.ts";
import { VERSION } from "../core/version.ts";
import type { LabEvent } from "../events/lab-event.ts";
import { applyEvent } from "../runtime/apply-event.ts";
import { createLab, type Lab } from "../runtime/lab.ts";
import { listJobs, locateJob, observationsOf, summariseCampaign } from "../runtime/lab-status.ts";
import { createExportFold, type ExportFold } from "../views/export-document.ts";

export interface ReadLogOptions {
  /** Data folder of a daemon, or the address of its log. */
  readonly address: string;
  readonly site: string;
  readonly logger: Logger;
  readonly onEvent?: ((event: LabEvent, lab: Lab) => void) | undefined;
}

/** A log read once, without a daemon: the laboratory at its end and what can be exported of it. */
export interface ReadLog {
  readonly lab: Lab;
  readonly exports: ExportFold;
  readonly events: number;
}

/** Replays a log, read-only; a daemon may be running on it. TL-4001 where there is none. */
export async function readLog(options: ReadLogOptions): Promise<ReadLog> {
  const { address, logger } = options;
  const log = await openEventLog({ address, logger, readOnly: true });
  const lab = createLab();
  const exports = createExportFold({
    site: options.site,
    version: VERSION,
    state: {
      campaignStatus: (id) => summariseCampaign(lab, id),
      locateJob: (id) => locateJob(lab, id),
      judgementOf: (position) => lab.judgements.get(position),
      toldAt: (position) => lab.told.get(position),
      observationsOf: (id, at) => observationsOf(lab, id, at),
      allJobs: (id) => listJobs(lab, id),
    },
  });
  let events = 0;
  for await (const event of log.read()) {
    options.onEvent?.(event, lab);
    applyEvent(lab, event);
    exports.fold(event);
    events += 1;
  }
  await log.close();
  return { lab, exports, events };
}
