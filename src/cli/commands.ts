import type { RegisterCommand } from "./command.ts";
import { registerEvaluate } from "./evaluate.ts";

/**
 * Every command, in the order of the help text.
 */
export const COMMANDS: readonly RegisterCommand[] = [
  // one line a command
  registerEvaluate,
];
