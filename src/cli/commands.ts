import type { RegisterCommand } from "./command.ts";
import { registerStructure } from "./structure.ts";

/**
 * Every command, in the order of the help text.
 */
export const COMMANDS: readonly RegisterCommand[] = [registerStructure];
