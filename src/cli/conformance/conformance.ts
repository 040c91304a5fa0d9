import type { RegisterCommand } from "../command.ts";
import type { ConformanceOptions } from "./run-conformance.ts";

/** `tieline conformance`: does an instrument, in whatever language, keep the wire contract? */
export const registerConformance: RegisterCommand = (program, io) => {
  program
    .command("conformance")
    .description(
      "Examines an instrument against the wire contract: real jobs, at its lowest set points.",
    )
    .requiredOption("--instrument <id>", "the instrument's name")
    .option(
      "--broker <url>",
      "mqtt://host:port; name and password from TIELINE_BROKER_USERNAME, _PASSWORD",
      "mqtt://127.0.0.1:1883",
    )
    .option("--site <site>", "its site", "default")
    .option("--capability <name>", "what to ask for; default: the first that it declares")
    .option("--set <NAME=VALUE...>", "set points of the jobs, instead of the lowest that it allows")
    .option("--sample <ID...>", "samples that every job names; {n} is the job's number")
    .option("--patience <s>", "how long one job may take", "60")
    .option("--answer <s>", "how long an answer may take", "5")
    .option("--resend <s>", "how long until a result must have been said again", "30")
    .option("--epoch <n>", "not older than any that it has seen", "1")
    .option("--restart <command>", "a command that kills its program hard and starts it again")
    .option("--emergency-stop", "tries the emergency stop too: everything on this broker stops")
    .option("--json", "one JSON document instead of lines")
    .addHelpText(
      "after",
      "\nIt takes the daemon's place, so no daemon may run on that site; use a broker or a --site of its own. Exit code 0: every check\n" +
        "that was tried passed; 1: a clause is not kept, and the report names it (docs/contract.md).\n\n" +
        "Examples:\n  tieline conformance --instrument xrd-py\n" +
        "  tieline conformance --instrument furnace-1 --set temperature_K=323 --set duration_h=0.02 --patience 900\n" +
        "  tieline conformance --instrument xrd-py --emergency-stop --restart 'systemctl kill -s KILL xrd; systemctl restart xrd'\n",
    )
    .action(async (options: ConformanceOptions) => {
      const { runConformance } = await import("./run-conformance.ts");
      await runConformance(options, io);
    });
};
