import type { RegisterCommand } from "./command.ts";
import { registerContract } from "./contract.ts";

/**
 * Every command, in the order of the help text.
 */
export const COMMANDS: readonly RegisterCommand[] = [
  // one line a command
  registerContract,
];
