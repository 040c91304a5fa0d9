import { setTimeout as wait } from "node:timers/promises";
import type { OperatorClient } from "../../../adapters/mqtt/operator-client.ts";
import { LabError } from "../../core/errors.ts";
import type { OverviewView } from "../../views/overview-view.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { createLiveScreen, cutLine, terminalKind } from "../start/live-screen.ts";
import { addBroker, connectFromOptions, DEFAULT_BROKER, DEFAULT_SITE } from "./operate.ts";
import {
  type CampaignStatus,
  describeCampaigns,
  describeLeadership,
  describeStatus,
  whatNext,
} from "./status-text.ts";

interface StatusOptions {
  readonly campaign?: string;
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

const WATCH_INTERVAL_ms = 2_000;

/** `tieline status`: what a campaign does now. */
export const registerStatus: RegisterCommand = (program, io) => {
  addBroker(
    program
      .command("status")
      .description("shows a running campaign: state, budget, batch, model; or all of them")
      .option("--campaign <id>", "the campaign; without it all are listed"),
  )
    .option("--json", "prints one JSON document")
    .option("--watch", "shows it again every 2 s, in place in a terminal, until Ctrl-C")
    .addHelpText(
      "after",
      "\nExamples:\n  tieline status\n  tieline status --campaign al-mg-zn --watch\n",
    )
    .action(async (options: StatusOptions) => {
      if (options.watch && io.interactive && !options.json) return watchStatus(options, io);
      do {
        const text = await readStatus(options);
        io.out(text);
        if (options.watch) await wait(WATCH_INTERVAL_ms);
      } while (options.watch);
    });
};

/** Draws the status in place until Ctrl-C; the last one stays on the screen. */
async function watchStatus(options: StatusOptions, io: CommandIo): Promise<void> {
  const screen = createLiveScreen(io);
  const { columns, rows } = terminalKind();
  let last = "";
  const onSignal = (): void => {
    screen.clear();
    io.out(last);
    process.exit(0);
  };
  process.once("SIGINT", onSignal);
  try {
    for (;;) {
      last = await readStatus(options);
      const lines = last
        .trimEnd()
        .split("\n")
        .slice(0, rows - 1);
      screen.draw(lines.map((line) => cutLine(line, columns)));
      await wait(WATCH_INTERVAL_ms);
    }
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}

async function readStatus(options: StatusOptions): Promise<string> {
  const client = await connectFromOptions(options);
  try {
    if (options.campaign === undefined) return await listCampaigns(options, client);
    const [state, batch, model] = await Promise.all([
      client.retained("campaignState", options.campaign),
      client.retained("campaignBatch", options.campaign),
      client.retained("campaignModel", options.campaign),
    ]);
    if (state === undefined) {
      const what = `No daemon on ${options.broker} (site ${options.site}) shows a campaign ${options.campaign}`;
      throw new LabError("TL-2003", what);
    }
    if (options.json) {
      return `${JSON.stringify({ campaign: options.campaign, ...(state as object), batch, model })}\n`;
    }
    const status = { state, batch, model } as CampaignStatus;
    const steps = {
      state: status.state.state,
      waiting: status.batch?.approval === "waiting",
      change: status.state.change?.n,
      connection: connectionOf(options),
    };
    return describeStatus(options.campaign, status) + whatNext(options.campaign, steps);
  } finally {
    await client.close();
  }
}

/** Every campaign that the daemon shows, from its overview. */
async function listCampaigns(options: StatusOptions, client: OperatorClient): Promise<string> {
  const overview = (await client.view("overview")) as OverviewView | undefined;
  if (overview === undefined) {
    const what = `No daemon on ${options.broker} (site ${options.site}) shows an overview`;
    throw new LabError("TL-2003", what);
  }
  const { site, campaigns, leadership } = overview;
  if (options.json) return `${JSON.stringify({ site, leadership, campaigns })}\n`;
  const [first] = campaigns;
  const more =
    first === undefined
      ? ""
      : `  next: tieline status --campaign ${first.campaignId}${connectionOf(options)}\n`;
  return describeLeadership(leadership) + describeCampaigns(site, campaigns) + more;
}

/** What of the connection is not as usual, as options. */
function connectionOf({ broker, site }: StatusOptions): string {
  return `${broker === DEFAULT_BROKER ? "" : ` --broker ${broker}`}${site === DEFAULT_SITE ? "" : ` --site ${site}`}`;
}
