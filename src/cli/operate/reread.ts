import { resolve } from "node:path";
import { misuse } from "../../core/errors.ts";
import type { RereadRequest } from "../../domain/reread.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { addConnection, connectFromOptions, pairs, tellReply } from "./operate.ts";

interface RereadOptions {
  readonly campaign: string;
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string;
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
  readonly name?: readonly string[];
  readonly references?: readonly string[];
  readonly strainLimit?: readonly string[];
}

/** `tieline reread`: names unknown phases, and has a campaign's patterns read again. */
export const registerReread: RegisterCommand = (program, io) => {
  addConnection(
    program
      .command("reread")
      .description("names an unknown phase, or reads every pattern of a campaign again"),
  )
    .option("--name <unknown=name...>", "what an unknown phase is called from now on")
    .option("--references <paths...>", "further references, files or folders the daemon can read")
    .option("--strain-limit <name=share...>", "how far a reference's cell may be off")
    .addHelpText(
      "after",
      "\nWith --name alone nothing is read. Without options the references are read as they are now on disk.\n" +
        '\nExample:\n  tieline reread --campaign fe-mg-ti --name unknown-1=Fe2Ti --by ada --reason "refined"\n' +
        "  tieline reread --campaign fe-mg-ti --references cards/Fe2Ti.cif\n",
    )
    .action((options: RereadOptions) => reread(options, io));
};

async function reread(options: RereadOptions, io: CommandIo): Promise<void> {
  const client = await connectFromOptions(options);
  try {
    const { campaign: campaignId, by, reason } = options;
    const command = {
      campaignId,
      by,
      reason,
      action: "reread",
      patterns: requestOf(options),
    } as const;
    tellReply(io, options, command, await client.command(command));
  } finally {
    await client.close();
  }
}

/** Paths are told as they are for the daemon, which has a working folder of its own. */
function requestOf({ name, references, strainLimit }: RereadOptions): RereadRequest {
  const limits = pairs("--strain-limit", strainLimit).map(([card, text]): [string, number] => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value))
      throw misuse("TL-1001", `--strain-limit: ${JSON.stringify(text)} is no number`);
    return [card, value];
  });
  return {
    ...(name === undefined ? {} : { names: Object.fromEntries(pairs("--name", name)) }),
    ...(references === undefined ? {} : { references: references.map((path) => resolve(path)) }),
    ...(limits.length === 0 ? {} : { strainLimits: Object.fromEntries(limits) }),
  };
}
