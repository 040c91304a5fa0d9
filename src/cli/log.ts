import { addressForms, shownAddress } from "../../adapters/storage/open-event-log.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";
import { createProgress } from "./output/progress.ts";
import { createStderrLogger } from "./stderr-logger.ts";

interface CopyCommandOptions {
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

/** `tieline log copy`: moves a laboratory's log between a folder and a database, verified. */
export const registerLog: RegisterCommand = (program, io) => {
  program
    .command("log")
    .description("works with event logs themselves")
    .command("copy")
    .description(
      "copies a log to another place, and reads it back to verify; goes on where it was cut",
    )
    .requiredOption("--from <address>", `the log to copy (${addressForms()})`)
    .requiredOption("--to <address>", "an empty log, or the beginning of the same one")
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  tieline log copy --from ./data --to postgres://lab@db.example/tieline\n" +
        "\nStop the daemon first: events that it logs while the copy runs are not all in it.\n",
    )
    .action((options: CopyCommandOptions) => runCopy(options, io));
};

async function runCopy(options: CopyCommandOptions, io: CommandIo): Promise<void> {
  const { copyLog } = await import("../replay/copy-log.ts");
  const progress = createProgress(io, "copy");
  const copied = await copyLog({
    from: options.from,
    to: options.to,
    logger: createStderrLogger(io),
    onProgress: (position, of) => progress.update(position, of),
  });
  progress.finish();
  if (options.json === true) return printJson(io, copied);
  io.out(
    `${copied.events} events copied to ${shownAddress(options.to)} and read back: the same (sha256 ${copied.sha256.slice(0, 16)}..).\n`,
  );
}
