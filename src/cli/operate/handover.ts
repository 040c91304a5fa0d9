import { handOverLog } from "../../../adapters/storage/open-event-log.ts";
import { type CommandIo, printJson, type RegisterCommand } from "../command.ts";
import { logHelp } from "../log-options.ts";
import { userName } from "./operate.ts";

interface HandoverOptions {
  readonly config?: string;
  readonly log?: string;
  readonly by: string;
  readonly json?: boolean;
}

/** `tieline handover`: the leader ends in good order and a standby leads. */
export const registerHandover: RegisterCommand = (program, io) => {
  program
    .command("handover")
    .description("lets a daemon that stands by lead; the one that led ends in good order")
    .option("--config <file>", "configuration (YAML) that names the log")
    .option("--log <address>", logHelp("the configuration's"))
    .option("--by <name>", "who asks", userName())
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  tieline handover --log postgres://lab@db1.example,db2.example/tieline\n",
    )
    .action((options: HandoverOptions) => runHandover(options, io));
};

async function runHandover(options: HandoverOptions, io: CommandIo): Promise<void> {
  const done = await handOverLog(options.log ?? (await configuredLog(options.config)), options.by);
  if (options.json === true) return printJson(io, done);
  io.out(
    `${done.to} leads, after ${done.from} (${(done.took_ms / 1000).toFixed(1)} s without a leader at most).\n`,
  );
}

async function configuredLog(file: string | undefined): Promise<string> {
  const { defaultConfigurationFile, loadConfiguration } = await import(
    "../../../config/load-configuration.ts"
  );
  const { configuration } = loadConfiguration(file ?? defaultConfigurationFile());
  return configuration.log ?? configuration.data;
}
