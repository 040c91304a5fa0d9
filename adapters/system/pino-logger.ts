import { destination, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import type { Logger } from "../../src/core/logger.ts";

export interface PinoLoggerOptions {
  readonly level: string;
  /** A file descriptor or path; absent means standard error. */
  readonly to?: number | string | undefined;
}

/** What waits for a disk that is full; beyond it lines are lost. */
const UNWRITTEN_BYTES_MAX = 1024 * 1024;

/**
 * Structured log as JSON lines, written at once so that a killed daemon has said what it did. Where nobody takes them (a full disk, a
 * terminal that was closed) the laboratory goes on without: what counts is in the event log.
 */
export function createPinoLogger(options: PinoLoggerOptions): Logger {
  const stream = destination({
    ...{ dest: options.to ?? 2, sync: true, maxLength: UNWRITTEN_BYTES_MAX },
  });
  stream.on("error", () => {});
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
