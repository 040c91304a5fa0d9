import type { RegisterCommand } from "./command.ts";
import { registerEffectiveModel } from "./effective-model.ts";

/**
 * Every command, in the order of the help text.
 */
export const COMMANDS: readonly RegisterCommand[] = [registerEffectiveModel];
