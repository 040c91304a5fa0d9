import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.ts";
import { printJson, type RegisterCommand } from "./command.ts";

/** `tieline contract`: writes the wire contract for programs in other languages. */
export const registerContract: RegisterCommand = (program, io) => {
  program
    .command("contract")
    .description("writes the wire contract: JSON Schemas, AsyncAPI 3 document, index of topics")
    .requiredOption("--out <dir>", "folder to write to; made if it is not there")
    .option("--json", "print the names of the files as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  tieline contract --out contract && npx @asyncapi/cli generate ... contract/asyncapi.json",
    )
    .action(async (options: { out: string; json?: boolean }) => {
      const { contractDocuments } = await import("../../adapters/mqtt/contract-documents.ts");
      const documents = contractDocuments();
      try {
        await mkdir(options.out, { recursive: true });
        for (const { file, content } of documents)
          await writeFile(join(options.out, file), `${JSON.stringify(content, null, 2)}\n`);
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
