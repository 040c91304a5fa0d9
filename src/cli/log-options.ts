import { resolve } from "node:path";
import type { Command } from "commander";
import { openBundle } from "../../adapters/exports/bundle-files.ts";
import { addressForms, shownAddress } from "../../adapters/storage/open-event-log.ts";

/** Where a command that only looks finds the event log. */
export interface LogOptions {
  readonly data: string;
  readonly log?: string;
}

export function logHelp(otherwise: string): string {
  return `address of the event log (${addressForms()}); default: ${otherwise}`;
}

/** `--data` and `--log`, the same for every command that reads a daemon's log. */
export function addLogOptions(command: Command): Command {
  return command
    .option("--data <dir>", "data folder of the daemon, or a bundle of it", "./data")
    .option("--log <address>", logHelp("the data folder's"));
}

export function logAddress({ data, log }: LogOptions): string {
  return log ?? resolve(data);
}

/**
 * The address of the log for a command that only looks, and how to let go of it: `--data` may also be a bundle, a folder or ZIP file whose
 * checksums are held then. TL-4009 where one has changed.
 */
export function openLog({ data, log }: LogOptions): {
  readonly address: string;
  close(): void;
} {
  if (log !== undefined) return { address: log, close: () => {} };
  const { folder, close } = openBundle(resolve(data));
  return { address: folder, close };
}

/** The options again, for a command that a person may copy; without a password. */
export function logWords({ data, log }: LogOptions): string {
  return log === undefined ? `--data ${data}` : `--log ${shownAddress(log)}`;
}
