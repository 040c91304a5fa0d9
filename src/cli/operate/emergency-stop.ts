import { Option } from "commander";
import { type CommandIo, printJson, type RegisterCommand } from "../command.ts";
import { addBroker, connectFromOptions, userName } from "./operate.ts";

interface StopOptions {
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string;
  readonly by: string;
  readonly reason: string;
  readonly clear?: boolean;
  readonly json?: boolean;
}

/** How long it waits for the instruments to say that they are stopped. */
const PATIENCE_ms = 5_000;

/** `tieline emergency-stop`: stops every instrument at once; `--clear` once the laboratory is safe. */
export const registerEmergencyStop: RegisterCommand = (program, io) => {
  addBroker(
    program
      .command("emergency-stop")
      .description("stops every instrument at once and latches; --clear takes it back"),
  )
    .addOption(new Option("--by <name>", "who says so").default(userName()))
    .requiredOption("--reason <text>", "why; kept in the log")
    .option("--clear", "clears the stop: the laboratory is safe again")
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      '\nExample:\n  tieline emergency-stop --reason "smoke at furnace-1"\n' +
        '  tieline emergency-stop --clear --by ada --reason "furnace-1 repaired"\n',
    )
    .action((options: StopOptions) => stopOrClear(options, io));
};

async function stopOrClear(options: StopOptions, io: CommandIo): Promise<void> {
  const client = await connectFromOptions(options);
  try {
    const active = options.clear !== true;
    const { by, reason } = options;
    const answer = await client.emergencyStop({ active, by, reason, patience_ms: PATIENCE_ms });
    if (options.json) printJson(io, { active, ...answer });
    else io.out(`${describe(active, answer)}\n`);
  } finally {
    await client.close();
  }
}

function describe(
  active: boolean,
  { heardBy, unheardBy }: { heardBy: readonly string[]; unheardBy: readonly string[] },
): string {
  if (!active) return "The emergency stop is cleared; campaigns go on when somebody resumes them.";
  if (heardBy.length === 0) return "Stopped: no instrument has heard this yet.";
  const others = unheardBy.length === 0 ? "every instrument" : `not yet: ${unheardBy.join(", ")}`;
  return `Stopped. Heard by ${heardBy.join(", ")} (${others}).`;
}
