import { userInfo } from "node:os";
import { type Command, Option } from "commander";
import type { OperatorClient, OperatorReply } from "../../../adapters/mqtt/operator-client.ts";
import { LabError, misuse } from "../../core/errors.ts";
import type { OperatorAction, OperatorCommand } from "../../events/lab-fact.ts";
import { type CommandIo, printJson, type RegisterCommand } from "../command.ts";
import { nameList, wholeNumber } from "../option-values.ts";

export const DEFAULT_BROKER = "mqtt://127.0.0.1:1883";
export const DEFAULT_SITE = "default";

/** What every command says that asks something of a campaign. */
export interface Connection {
  readonly campaign: string;
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string;
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

interface OperateOptions extends Connection {
  readonly batch?: string;
  readonly points?: string;
  readonly job?: string;
  readonly change?: string;
}

type PlainAction = Exclude<
  OperatorAction,
  "start" | "extend" | "propose" | "reread" | "report" | "comment" | "tell"
>;

const DESCRIPTIONS: Readonly<Record<PlainAction, string>> = {
  pause: "no new job starts; what runs, finishes",
  resume: "goes on after a pause, a suspension or a cleared emergency stop",
  stop: "no new points; what has begun is finished, then the campaign is over",
  abort: "cancels what runs and ends the campaign",
  approve: "lets the waiting batch, or some of its points, be measured",
  reject: "drops the waiting batch, or some of its points; they are not proposed again",
  withdraw: "takes an observation back, and everything that was derived from it",
};

const EXAMPLE_OPTIONS: Readonly<Record<string, string>> = {
  approve: " --points c7,c12",
  reject: " --points c7,c12",
  withdraw: " --job al-mg-zn.12.s3",
};

/** `tieline pause | resume | stop | abort | approve | reject | withdraw`, and `start-campaign`. */
export const registerOperate: RegisterCommand = (program, io) => {
  for (const [action, description] of Object.entries(DESCRIPTIONS)) {
    const command = program.command(action).description(description);
    addConnection(command);
    if (action === "approve" || action === "reject") {
      command.option("--batch <n>", "number of the batch; default: the one that waits now");
      command.option("--change <n>", "number of waiting wider limits, instead of points");
      command.option(
        "--points <ids>",
        "candidate ids, separated by commas; default: all of the batch",
      );
    }
    if (action === "withdraw")
      command.requiredOption("--job <id>", "a job of the experiment to take back");
    command.addHelpText(
      "after",
      `\nExample:\n  tieline ${action} --campaign al-mg-zn${EXAMPLE_OPTIONS[action] ?? ""} --by ada --reason "new crucible"\n`,
    );
    command.action((options: OperateOptions) => operate(action as OperatorAction, options, io));
  }
  const start = program
    .command("start-campaign")
    .description("starts a campaign that waits (without autoStart)");
  addConnection(start);
  start.addHelpText("after", "\nExample:\n  tieline start-campaign --campaign al-mg-zn --by me\n");
  start.action((options: OperateOptions) => operate("start", options, io));
};

/** Options of every command that talks to a running daemon. */
export function addConnection(command: Command): Command {
  return addSpeaker(addBroker(command.requiredOption("--campaign <id>", "the campaign"))).option(
    "--reason <text>",
    "why; kept in the log",
  );
}

/** Who speaks, and how the answer is printed. */
export function addSpeaker(command: Command): Command {
  return command
    .addOption(new Option("--by <name>", "who says so").default(userName()))
    .option("--json", "prints one JSON document");
}

/** Where the daemon's broker is. */
export function addBroker(command: Command): Command {
  return command
    .option("--broker <url>", "address of the broker", DEFAULT_BROKER)
    .option("--site <site>", "site of the daemon", DEFAULT_SITE)
    .option(
      "--key-file <file>",
      "holds your key: commands are signed with it (or TIELINE_OPERATOR_KEY_FILE)",
    );
}

/** The user's name; in a container a number may have none. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"] || "operator";
  }
}

async function operate(
  action: OperatorAction,
  options: OperateOptions,
  io: CommandIo,
): Promise<void> {
  const given = options.batch === undefined ? undefined : wholeNumber("--batch", options.batch, 1);
  const change =
    options.change === undefined ? undefined : wholeNumber("--change", options.change, 1);
  const candidateIds =
    options.points === undefined ? undefined : nameList("--points", options.points);
  const client = await connectFromOptions(options);
  try {
    const isWholeBatch = isDecision(action) && (given ?? candidateIds ?? change) === undefined;
    const batch = isWholeBatch ? await batchOnShow(client, options.campaign) : given;
    const { campaign: campaignId, by, reason, job: jobId } = options;
    const what = { campaignId, action, by, reason, batch, candidateIds, change, jobId };
    tellReply(io, options, what, await client.command(what));
  } finally {
    await client.close();
  }
}

function isDecision(action: OperatorAction): boolean {
  return action === "approve" || action === "reject";
}

/** The number of the batch that the daemon shows: what is decided about is what could be read, nothing that came since. */
async function batchOnShow(client: OperatorClient, campaignId: string) {
  const shown = (await client.retained("campaignBatch", campaignId)) as
    | { readonly n: number }
    | undefined;
  return shown?.n;
}

/** Prints what became of a command. TL-3001 where it was refused. */
export function tellReply(
  io: CommandIo,
  options: { readonly campaign: string; readonly json?: boolean },
  { action }: OperatorCommand,
  reply: OperatorReply,
): void {
  if (options.json) printJson(io, reply);
  if (!reply.accepted) {
    throw new LabError(
      "TL-3001",
      `The daemon refused to ${action} ${options.campaign}: ${reply.reason ?? "no reason"}`,
    );
  }
  if (options.json) return;
  const points = reply.candidateIds === undefined ? "" : ` (${reply.candidateIds.join(", ")})`;
  const words = reply.reason === undefined ? "" : `: ${reply.reason}`;
  io.out(`${options.campaign}: ${action} accepted${points}${words}\n`);
}

export async function connectFromOptions(options: {
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string | undefined;
}) {
  const { connectOperator } = await import("../../../adapters/mqtt/operator-client.ts");
  const { brokerLogin, secretOf } = await import("../../../config/broker-access.ts");
  const keyFile = options.keyFile ?? process.env["TIELINE_OPERATOR_KEY_FILE"];
  return await connectOperator({
    url: options.broker,
    site: options.site,
    key: keyFile === undefined ? undefined : secretOf(keyFile),
    ...brokerLogin(),
  });
}

/** `name=text`, each. */
export function pairs(option: string, texts: readonly string[] = []): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at <= 0) throw misuse("TL-1001", `${option} ${text}`, `Write ${option} NAME=VALUE.`);
    return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  });
}
