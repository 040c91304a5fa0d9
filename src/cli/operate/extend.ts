import { misuse } from "../../core/errors.ts";
import type { CampaignChanges } from "../../domain/campaign-changes.ts";
import type { Limit, Parameters } from "../../domain/candidate.ts";
import { readLimit, readPlace } from "../../domain/change-text.ts";
import type { PointByHand } from "../../domain/point-by-hand.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { nameList, wholeNumber } from "../option-values.ts";
import { addConnection, type Connection, connectFromOptions, pairs, tellReply } from "./operate.ts";

interface ExtendOptions extends Connection {
  readonly budget?: string;
  readonly inFlight?: string;
  readonly approval?: string;
  readonly approvalExpires?: string;
  readonly limit?: readonly string[];
  readonly approvalHours?: string;
  readonly startHours?: readonly string[];
  readonly stopRule?: readonly string[];
}

/** `tieline extend`: changes a campaign that runs, or lets one that ended by budget or stop rule go on. */
export const registerExtend: RegisterCommand = (program, io) => {
  addConnection(
    program
      .command("extend")
      .description("changes budget, limits, approval, hours or stop rule of a running campaign"),
  )
    .option("--budget <n>", "experiments that may be spent")
    .option("--in-flight <n>", "experiments on their way at once")
    .option("--approval <mode>", "automatic or supervised")
    .option("--approval-expires <s>", "an approved point that has not begun by then waits again")
    .option(
      "--limit <name=min..max...>",
      "limit of a set point; wider ones wait for somebody else (approve --change)",
    )
    .option("--approval-hours <hours>", 'when approvals are taken, e.g. "mon-fri 08-18"')
    .option("--start-hours <capability=hours...>", 'when its jobs may start, e.g. "anneal=06-18"')
    .option("--stop-rule <name=value...>", "settings of the stop rule, e.g. error_max=0.02")
    .addHelpText(
      "after",
      '\nExample:\n  tieline extend --campaign al-mg-zn --budget 80 --limit temperature_K=293..700 --by ada --reason "one more week"\n',
    )
    .action((options: ExtendOptions) => extend(options, io));
};

interface ProposeOptions extends Connection {
  readonly point?: readonly string[];
  readonly points?: string;
  readonly recipe?: string;
}

/** `tieline propose`: points of a person's own join the batch. */
export const registerPropose: RegisterCommand = (program, io) => {
  addConnection(
    program.command("propose").description("puts points of your own into the batch of a campaign"),
  )
    .option("--point <axis=value,...>", "a point by its place; may be repeated", collect)
    .option("--points <ids>", "points by their candidates, separated by commas")
    .option("--recipe <name>", "the alternative recipe to measure them with")
    .addHelpText(
      "after",
      '\nExample:\n  tieline propose --campaign al-mg-zn --point Al=0.2,Mg=0.3,Zn=0.5 --by ada --reason "near the tie-line"\n',
    )
    .action((options: ProposeOptions) => propose(options, io));
};

async function extend(options: ExtendOptions, io: CommandIo): Promise<void> {
  const changes = changesOf(options);
  if (Object.keys(changes).length === 0)
    throw misuse("TL-1001", "Nothing is to be changed", "Name a setting, e.g. --budget 80.");
  await send(options, io, { action: "extend", changes });
}

async function propose(options: ProposeOptions, io: CommandIo): Promise<void> {
  const recipe = options.recipe === undefined ? {} : { recipe: options.recipe };
  const named = options.points === undefined ? [] : nameList("--points", options.points);
  const points: PointByHand[] = [
    ...named.map((candidateId) => ({ candidateId, ...recipe })),
    ...(options.point ?? []).map((text) => ({ parameters: placeOf(text), ...recipe })),
  ];
  if (points.length === 0)
    throw misuse("TL-1001", "No point is named", "Write --point Al=0.2,Mg=0.8 or --points c7.");
  await send(options, io, { action: "propose", points });
}

async function send(
  options: Connection,
  io: CommandIo,
  what:
    | { readonly action: "extend"; readonly changes: CampaignChanges }
    | { readonly action: "propose"; readonly points: readonly PointByHand[] },
): Promise<void> {
  const client = await connectFromOptions(options);
  try {
    const { campaign: campaignId, by, reason } = options;
    const command = { campaignId, by, reason, ...what };
    tellReply(io, options, command, await client.command(command));
  } finally {
    await client.close();
  }
}

function changesOf(options: ExtendOptions): CampaignChanges {
  const { budget, inFlight, approval, approvalExpires, approvalHours } = options;
  if (approval !== undefined && approval !== "automatic" && approval !== "supervised")
    throw misuse("TL-1001", `--approval ${approval}`, "Write automatic or supervised.");
  const limits = pairs("--limit", options.limit).map(([name, text]) => [name, intervalOf(text)]);
  const starts = pairs("--start-hours", options.startHours);
  const stop = pairs("--stop-rule", options.stopRule).map(([name, text]) => [
    name,
    numberOf("--stop-rule", text),
  ]);
  const hasHours = approvalHours !== undefined || starts.length > 0;
  return {
    ...(budget === undefined ? {} : { budget: wholeNumber("--budget", budget, 1) }),
    ...(inFlight === undefined ? {} : { inFlight: wholeNumber("--in-flight", inFlight, 1) }),
    ...(approval === undefined ? {} : { approval }),
    ...(approvalExpires === undefined
      ? {}
      : { approvalExpires_s: numberOf("--approval-expires", approvalExpires) }),
    ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }),
    ...(hasHours
      ? {
          hours: {
            ...(approvalHours === undefined ? {} : { approvals: approvalHours }),
            ...(starts.length === 0 ? {} : { starts: Object.fromEntries(starts) }),
          },
        }
      : {}),
    ...(stop.length === 0 ? {} : { stop: Object.fromEntries(stop) }),
  };
}

function intervalOf(text: string): Limit {
  const limit = readLimit(text);
  if (limit !== undefined) return limit;
  throw misuse("TL-1001", `--limit ${text}`, "Write min..max, ..max, min.. or none.");
}

function placeOf(text: string): Parameters {
  const place = readPlace(text);
  if (place !== undefined) return place;
  throw misuse("TL-1001", `--point ${text}`, "Write --point Al=0.2,Mg=0.8.");
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw misuse("TL-1001", `${option}: ${JSON.stringify(text)} is no number`);
  return value;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
