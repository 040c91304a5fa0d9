import type { EventDraft, LabEvent } from "./lab-event.ts";

/** The append-only log: the only truth. Everything else is a fold of it. */
export interface EventLog {
  /** Writes all drafts or none; resolves once they are on disk (synced). Rejects with TL-4003 where that fails. */
  append(drafts: readonly EventDraft[]): Promise<LabEvent[]>;
  /** Events from `position` on, in order, checksums verified. */
  read(from?: number): AsyncIterable<LabEvent>;
  /** Position of the last event, 0 for an empty log. */
  readonly lastPosition: number;
  close(): Promise<void>;
}
