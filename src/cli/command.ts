import type { Command } from "commander";

/** Adds one command to the program; each file of this folder exports one of these. */
export type RegisterCommand = (program: Command, io: CommandIo) => void;

/** The world as a command sees it, so that commands can be tested without a process. */
export interface CommandIo {
  /** Writes to standard output: results only. */
  out(text: string): void;
  /** Writes to standard error: progress, warnings, errors. */
  err(text: string): void;
  /** True where standard error is a terminal: progress bars are drawn. */
  readonly interactive: boolean;
}

/** Prints the one JSON document of a command run with `--json`. */
export function printJson(io: CommandIo, document: unknown): void {
  io.out(`${JSON.stringify(document)}\n`);
}
