import { COMMANDS } from "../../src/cli/commands.ts";
import { runCommandLine } from "../../src/cli/run.ts";

/** What a command printed, and its exit code. */
export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `tieline <argv>` in this process, not in a terminal. */
export async function tieline(...argv: string[]): Promise<CommandRun> {
  const written = { out: "", err: "" };
  const code = await runCommandLine(argv, COMMANDS, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    interactive: false,
  });
  return { code, ...written };
}
