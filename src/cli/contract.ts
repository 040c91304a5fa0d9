import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.ts";
import { printJson, type RegisterCommand } from "./command.ts";

/** `tieline contract`: writes the wire contract for programs in other languages. */
export const registerContract: RegisterCommand = (program, io) => {
  program
    .command("contract")
    .description(
      "writes the contracts: JSON Schemas, AsyncAPI 3 of MQTT, OpenAPI 3.1 of HTTP with its Python client",
    )
    .requiredOption("--out <dir>", "folder to write to; made if it is not there")
    .option("--json", "print the names of the files as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  tieline contract --out contract && npx @asyncapi/cli generate ... contract/asyncapi.json",
    )
    .action(async (options: { out: string; json?: boolean }) => {
      const { contractDocuments } = await import("../../adapters/mqtt/contract-documents.ts");
      const { openApiDocument } = await import("../../adapters/dashboard/door/openapi.ts");
      const { pythonClient } = await import("../../adapters/dashboard/door/python-client.ts");
      const { viewDocuments } = await import("../../adapters/mqtt/view-schemas.ts");
      const documents = [
        ...contractDocuments(),
        ...viewDocuments(),
        { file: "openapi.json", content: openApiDocument() },
      ].map(({ file, content }) => ({ file, text: `${JSON.stringify(content, null, 2)}\n` }));
      documents.push({ file: "tieline_client.py", text: pythonClient() });
      try {
        await mkdir(options.out, { recursive: true });
        for (const { file, text } of documents) await writeFile(join(options.out, file), text);
      } catch (error) {
        throw new LabError("TL-1003", `the contract cannot be written to ${options.out}`, {
          cause: error,
        });
      }
      const files = documents.map(({ file }) => file);
      if (options.json) printJson(io, { out: options.out, files });
      else io.out(`${files.length} files written to ${options.out}\n`);
    });
};
