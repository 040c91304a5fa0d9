import type { Logger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";

export interface OpenRequest {
  /** The whole address, its scheme included. */
  readonly address: string;
  readonly logger: Logger;
  /** True for commands that only look (export, replay): nothing is locked, recovered or written. */
  readonly readOnly: boolean;
}

/** One way to keep the event log. `test/contract/event-log-suite.ts` says what it must do. */
export interface EventLogBackend {
  /** What its addresses begin with, before the colon. */
  readonly scheme: string;
  /** The form of its addresses, for help, documentation and error texts. */
  readonly form: string;
  /** One line on what it is for. */
  readonly words: string;
  /** Whether there is a log at this address already. Rejects with TL-4001 where that cannot be found out. */
  exists(address: string): Promise<boolean>;
  /**
   * Errors: TL-4001 cannot be opened, TL-4002 written by a newer version, TL-4004 damaged, TL-4005 in use by another
   * writer. An end that was never acknowledged is cut off with a warning.
   */
  open(request: OpenRequest): Promise<EventLog>;
}
