import { resolve } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { EventLog, LogMark } from "../../src/events/event-log.ts";
import type { EventLogBackend, Handover } from "./event-log-backend.ts";
import { fileBackend } from "./file-event-log.ts";
import { memoryBackend } from "./memory-event-log.ts";
import { postgresBackend } from "./postgres/postgres-backend.ts";

/** Every way to keep the event log; a further one is its file and a line here. */
export const EVENT_LOGS: readonly EventLogBackend[] = [fileBackend, memoryBackend, postgresBackend];

/** Two letters at least: `C:\lab` is a folder. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/;

/**
 * Opens the event log at an address: `scheme:...` of one of EVENT_LOGS, or a plain folder.
 * Errors: TL-4001 unknown address, or nothing there to read; those of the backend.
 */
export async function openEventLog(options: {
  readonly address: string;
  readonly logger: Logger;
  readonly readOnly?: boolean | undefined;
  readonly known?: LogMark | undefined;
  readonly acceptLoss?: boolean | undefined;
  readonly page?: (() => string | undefined) | undefined;
  /** Another daemon may write the log: this one follows it until it leads. */
  readonly standBy?: boolean | undefined;
}): Promise<EventLog> {
  const { logger, readOnly = false, known, acceptLoss, page } = options;
  const address = fullAddress(options.address);
  const backend = backendOf(address);
  if (options.standBy === true) {
    if (backend.standBy === undefined) throw noStandby(address);
    return await backend.standBy({ address, logger, readOnly: false, known, acceptLoss, page });
  }
  if (readOnly && !(await backend.exists(address))) {
    throw new LabError("TL-4001", `There is no event log in ${shownAddress(address)}`, {
      hint: "Name the data folder of a daemon with --data DIR, or its log with --log ADDRESS.",
    });
  }
  return await backend.open({ address, logger, readOnly, known, acceptLoss, page });
}

function noStandby(address: string): LabError {
  const forms = EVENT_LOGS.filter((one) => one.standBy !== undefined).map(({ form }) => form);
  return new LabError("TL-4001", `A standby cannot follow the log ${shownAddress(address)}`, {
    hint: `Keep the log where two machines reach it: ${forms.join(", ")}.`,
    exitCode: 2,
  });
}

/** Asks the daemon that leads on a log to let a standby lead. TL-4001, TL-4010. */
export async function handOverLog(address: string, by: string): Promise<Handover> {
  const full = fullAddress(address);
  const { handOver } = backendOf(full);
  if (handOver === undefined) throw noStandby(full);
  return await handOver(full, by);
}

/** Whether a log is there already. TL-4001 where the address is none or cannot be looked at. */
export async function hasEventLog(address: string): Promise<boolean> {
  const full = fullAddress(address);
  return await backendOf(full).exists(full);
}

/** The folder in which caches of a log lie, so that whoever opens the log finds them; `otherwise` where it has none. */
export function cacheFolderOf(address: string, otherwise: string): string {
  const full = fullAddress(address);
  return backendOf(full).cacheFolder?.(full) ?? otherwise;
}

/** A plain folder as the address that it stands for. */
export function fullAddress(address: string): string {
  return SCHEME.test(address) ? address : `file:${resolve(address)}`;
}

/** For people: a plain path where it is a folder, and no password. */
export function shownAddress(address: string): string {
  if (address.startsWith("file:")) return address.slice("file:".length);
  return address.replace(/^([a-z][a-z0-9+.-]+:\/\/[^/@:]*):[^@/]*@/, "$1:***@");
}

/** `file:DIR (or a plain folder), memory:`, for help and error texts. */
export function addressForms(): string {
  return EVENT_LOGS.map(({ form }) => form).join(", ");
}

function backendOf(address: string): EventLogBackend {
  const scheme = SCHEME.exec(address)?.[1];
  const found = EVENT_LOGS.find((one) => one.scheme === scheme);
  if (found !== undefined) return found;
  throw new LabError("TL-4001", `${shownAddress(address)} is no address of an event log`, {
    hint: `Write one of ${addressForms()}.`,
  });
}
