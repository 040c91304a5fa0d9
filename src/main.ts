#!/usr/bin/env node
import type { CommandIo } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { reportFailure, runCommandLine } from "./cli/run.ts";
import { LabError } from "./core/errors.ts";

const io: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
};

let unwritten = 0;
process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
  // A closed pipe (`tieline export | head`) is the reader's choice, not an error.
  if (cause.code === "EPIPE") process.exit(0);
  if (unwritten > 0) return;
  const problem = new LabError("TL-1003", `Standard output cannot be written (${cause.message})`);
  unwritten = reportFailure(problem, io);
  process.exitCode = unwritten;
});
// A daemon whose terminal was closed, or whose words nobody can keep, goes on.
process.stderr.on("error", () => {});

// What nobody waits for (a device's timer, a message's handler) fails like everything else: with its code, at once. A start takes up what was under way.
process.on("uncaughtException", (error) => process.exit(reportFailure(error, io)));

const code = await runCommandLine(process.argv.slice(2), COMMANDS, io);
process.exitCode = code === 0 ? unwritten : code;
