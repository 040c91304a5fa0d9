import type { Logger } from "../core/logger.ts";
import type { CommandIo } from "./command.ts";

/** Warnings and errors, and what else is done where `tellsAll`, as plain lines, for commands that a person runs by hand. */
export function createStderrLogger(io: CommandIo, tellsAll = false): Logger {
  const line = (fields: object, event: string): void =>
    io.err(`${event} ${JSON.stringify(fields)}\n`);
  const logger: Logger = {
    debug: () => {},
    info: tellsAll ? line : () => {},
    warn: line,
    error: line,
    child: () => logger,
  };
  return logger;
}
