import type { CommandIo } from "./command.ts";
export async function runEstimate(_o: unknown, _io: CommandIo): Promise<void> {}
