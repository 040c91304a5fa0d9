/** Fields of one log entry: an event name is the message, everything else is structured. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log; a level says who should wake: error somebody, warn tomorrow, info nobody. */
export interface Logger {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
  /** The same log with `fields` bound to every entry. */
  child(fields: LogFields): Logger;
}

/** Keeps nothing: for commands that print their own results, and for tests. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
