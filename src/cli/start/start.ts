import { InvalidArgumentError } from "commander";
import type { RegisterCommand } from "../command.ts";
import { logHelp } from "../log-options.ts";

interface StartOptions {
  readonly config?: string;
  readonly data?: string;
  readonly log?: string;
  readonly seed?: string;
  readonly standby?: boolean;
  readonly brokerPort?: string;
  readonly pagePort?: string;
  readonly untilDone?: boolean;
  readonly speed: number;
}

/** `tieline start`: runs the daemon. */
export const registerStart: RegisterCommand = (program, io) => {
  program
    .command("start")
    .description(
      "runs the daemon; without a configuration: embedded broker, embedded log, simulated laboratory, page",
    )
    .option("--config <file>", "configuration (YAML); default: the simulated Al-Mg-Zn laboratory")
    .option(
      "--data <dir>",
      "folder of the event log and of journals; default: the configuration's, ./data",
    )
    .option("--log <address>", logHelp("the configuration's, else the data folder's"))
    .option("--seed <n>", "seed of the campaigns and of the simulated laboratory")
    .option(
      "--accept-loss",
      "goes on without acknowledged events that the log has lost (TL-4007): say so once, after a copy",
    )
    .option(
      "--standby",
      "one of several daemons on one log: follows it, and leads once nobody else does (docs/standby.md)",
    )
    .option(
      "--broker-port <n>",
      "port of the broker inside the daemon; default: 1883, or the next free one",
    )
    .option("--page-port <n>", "port of the page; default: 8080, or the next free one")
    .option("--until-done", "ends when every campaign is over")
    .option(
      "--speed <x>",
      "how much faster than real time the simulated laboratory runs",
      positive,
      60,
    )
    .addHelpText(
      "after",
      "\nExample:\n  tieline start --until-done --speed 1000 --seed 1 --data /tmp/map\n",
    )
    .action(async (options: StartOptions) => {
      const { runStart } = await import("./run-start.ts");
      await runStart(options, io);
    });
};

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError("write a number above 0, e.g. 1000");
  return value;
}
