import { Command, CommanderError } from "commander";
import { LabError } from "../core/errors.ts";
import { VERSION } from "../core/version.ts";
import type { CommandIo, RegisterCommand } from "./command.ts";

/**
 * Runs one command line and returns the exit code: 0 success, 1 the work failed, 2 a misuse. Errors become one line
 * on standard error.
 */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly RegisterCommand[],
  io: CommandIo,
): Promise<number> {
  const program = new Command("tieline")
    .description("Runs a laboratory's closed loop: instruments over MQTT, models, the next batch.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: () => {}, outputError: () => {} })
    .showHelpAfterError(false)
    .enablePositionalOptions();
  for (const register of commands) register(program, io);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    return reportFailure(error, io);
  }
}

/** One line on standard error; returns the exit code. */
export function reportFailure(error: unknown, io: CommandIo): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const what = error.message.replace(/^error: /, "");
    const text = what === "(outputHelp)" ? "no command was given" : what;
    io.err(`${new LabError("TL-1001", text).toLine()}\n`);
    return 2;
  }
  if (error instanceof LabError) {
    io.err(`${error.toLine()}\n`);
    return error.exitCode;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`${new LabError("TL-1099", what).toLine()}\n`);
  return 1;
}
