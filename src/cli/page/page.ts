import type { RegisterCommand } from "../command.ts";
import { wholeNumber } from "../option-values.ts";

interface PageOptions {
  readonly candidates?: string;
  readonly port: string;
}

/** `tieline page`: a table goes in; the map, the next points and a picture come out, without a daemon. */
export const registerPage: RegisterCommand = (program, io) => {
  program
    .command("page")
    .description(
      "serves a page for tables, without a daemon: drop a CSV, get map, next points, picture",
    )
    .option("--candidates <file>", "the table that it opens with")
    .option("--port <n>", "of this machine; 0: any that is free", "8090")
    .addHelpText(
      "after",
      "\nExample:\n  tieline page --candidates candidates.csv --port 0\n\nIt runs until Ctrl-C.\n",
    )
    .action(async (options: PageOptions) => {
      const { servePage } = await import("./serve-page.ts");
      const port = wholeNumber("--port", options.port, 0);
      await servePage({ candidates: options.candidates, port }, io);
    });
};
