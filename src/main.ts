#!/usr/bin/env node
import { COMMANDS } from "./cli/commands.ts";
import { runCommandLine } from "./cli/run.ts";

// A closed pipe (`tieline export | head`) is the reader's choice, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
});
