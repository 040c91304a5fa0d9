import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createTableServer } from "../../../adapters/dashboard/table-page/table-server.ts";
import { LabError } from "../../core/errors.ts";
import type { CommandIo } from "../command.ts";
import { answerTable } from "./answer-table.ts";

/** Serves the page until the process is told to end. TL-1002 where the first table cannot be read. */
export async function servePage(
  options: { readonly candidates: string | undefined; readonly port: number },
  io: CommandIo,
): Promise<void> {
  const { candidates, port } = options;
  const first = candidates === undefined ? undefined : read(candidates);
  const server = createTableServer({ port, first, answer: answerTable });
  const { url } = await server.start();
  io.out(`Page ${url}\n`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await server.stop();
}

function read(file: string): { readonly name: string; readonly csv: string } {
  try {
    return { name: basename(file), csv: readFileSync(file, "utf8") };
  } catch (cause) {
    throw new LabError("TL-1002", `The table ${file} cannot be read`, { cause });
  }
}
