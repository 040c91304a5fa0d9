import type { EventDraft, LabEvent } from "./lab-event.ts";
import type { LogLease } from "./log-lease.ts";

/** What a log that begins like this one has in common with it, up to a position: caches are trusted by it. */
export interface LogMark {
  readonly position: number;
  /** Of everything up to the position; only the backend that made it knows how. */
  readonly digest: string;
  /** What helps that backend to find its way about; plain data. */
  readonly guide?: unknown;
}

/** Events that were acknowledged and are gone: those behind position `after`, up to `through`. */
export interface LogLoss {
  readonly after: number;
  readonly through: number;
}

/** The append-only log: the only truth. Everything else is a fold of it. */
export interface EventLog {
  /** Writes all drafts or none; resolves once they are on disk (synced). Rejects with TL-4003 where that fails. */
  append(drafts: readonly EventDraft[]): Promise<LabEvent[]>;
  /** Events from position `from` on, up to `through`, in order, checksums verified. */
  read(from?: number, through?: number): AsyncIterable<LabEvent>;
  /** Position of the last event, 0 for an empty log. */
  readonly lastPosition: number;
  /** The mark of the log as it is now; absent where a backend keeps nothing that outlives the process. */
  mark?(): Promise<LogMark>;
  /** Up to here the log was found to be what the mark that it was opened with says; 0 or absent: nowhere. */
  readonly knownThrough?: number;
  /** What was found missing when it was opened. */
  readonly loss?: LogLoss | undefined;
  /** Where several daemons may share the log: the right to lead. */
  readonly lease?: LogLease | undefined;
  /**
   * Of a log that another daemon writes: its events from position `from` on, and further ones as they come, until this daemon
   * leads and has them all. Ends early where the log is closed.
   */
  follow?(from: number): AsyncIterable<LabEvent>;
  close(): Promise<void>;
}
