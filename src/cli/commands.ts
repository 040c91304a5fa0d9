import type { RegisterCommand } from "./command.ts";
import { registerContract } from "./contract.ts";
import { registerEvaluate } from "./evaluate.ts";
import { registerStart } from "./start.ts";
import { registerSuggest } from "./suggest.ts";

/**
 * Every command, in the order of the help text.
 */
export const COMMANDS: readonly RegisterCommand[] = [
  registerStart,
  registerSuggest,
  registerEvaluate,
  registerContract,
];
