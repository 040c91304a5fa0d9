import type { Logger } from "../../src/core/logger.ts";
import type { EventLog, LogMark } from "../../src/events/event-log.ts";

export interface OpenRequest {
  /** The whole address, its scheme included. */
  readonly address: string;
  readonly logger: Logger;
  /** True for commands that only look (export, replay): nothing is locked, recovered or written. */
  readonly readOnly: boolean;
  /** A mark of this log: what it vouches for need not be looked at event by event. */
  readonly known?: LogMark | undefined;
  /** A person knows that acknowledged events are gone: the log goes on without them (TL-4007 otherwise). */
  readonly acceptLoss?: boolean | undefined;
  /** Address of this daemon's page, for those who look who leads. */
  readonly page?: (() => string | undefined) | undefined;
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
  /** Where caches of this log lie; absent where it has no folder of its own. */
  readonly cacheFolder?: ((address: string) => string) | undefined;
  /**
   * Errors: TL-4001 cannot be opened, TL-4002 written by a newer version, TL-4004 damaged, TL-4005 in use by another
   * writer, TL-4007 something that was acknowledged is gone. An end that was never acknowledged is cut off with a warning.
   */
  open(request: OpenRequest): Promise<EventLog>;
  /** Stands by: the log's `follow` ends when this daemon leads. Absent where one machine alone can reach the log. */
  readonly standBy?: ((request: OpenRequest) => Promise<EventLog>) | undefined;
  /** Asks the daemon that leads to let a standby lead, and waits until one does. TL-4010. */
  readonly handOver?: ((address: string, by: string) => Promise<Handover>) | undefined;
}

/** Who led, who leads now, and how long it took. */
export interface Handover {
  readonly from: string;
  readonly to: string;
  readonly took_ms: number;
}
