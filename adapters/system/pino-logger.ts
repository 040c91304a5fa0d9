import {
  type DestinationStream,
  destination,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from "pino";
import type { Logger } from "../../src/core/logger.ts";

export interface PinoLoggerOptions {
  readonly level: string;
  /** A file descriptor or path; absent means standard error. */
  readonly to?: number | string | undefined;
}

/** Structured log as JSON lines, written at once so that a killed daemon has said what it did. */
export function createPinoLogger(options: PinoLoggerOptions): Logger {
  const stream: DestinationStream = destination({ dest: options.to ?? 2, sync: true });
  return wrap(
    pino({ level: options.level, timestamp: stdTimeFunctions.isoTime, base: {} }, stream),
  );
}

function wrap(log: PinoLogger): Logger {
  return {
    debug: (fields, event) => log.debug(fields, event),
    info: (fields, event) => log.info(fields, event),
    warn: (fields, event) => log.warn(fields, event),
    error: (fields, event) => log.error(fields, event),
    child: (fields) => wrap(log.child(fields)),
  };
}
