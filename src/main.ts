#!/usr/bin/env node
import type { CommandIo } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { reportFailure, runCommandLine } from "./cli/run.ts";

// A closed pipe (`tieline export | head`) is the reader's choice, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

const io: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
};

// What nobody waits for (a device's timer, a message's handler) fails like everything else: with its code, at once. A start takes up what was under way.
process.on("uncaughtException", (error) => process.exit(reportFailure(error, io)));

process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, io);
