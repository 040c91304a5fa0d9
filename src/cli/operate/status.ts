import { setTimeout as wait } from "node:timers/promises";
import { LabError } from "../../core/errors.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { createLiveScreen, cutLine, terminalKind } from "../start/live-screen.ts";
import { addConnection, connectFromOptions } from "./operate.ts";
import { type CampaignStatus, describeStatus } from "./status-text.ts";

interface StatusOptions {
  readonly campaign: string;
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

const WATCH_INTERVAL_ms = 2_000;

/** `tieline status`: what a campaign does now. */
export const registerStatus: RegisterCommand = (program, io) => {
  addConnection(
    program
      .command("status")
      .description("shows the state, budget, batch and model of a running campaign"),
  )
    .option("--watch", "shows it again every 2 s, in place in a terminal, until Ctrl-C")
    .addHelpText("after", "\nExample:\n  tieline status --campaign al-mg-zn --watch\n")
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
    return describeStatus(options.campaign, { state, batch, model } as CampaignStatus);
  } finally {
    await client.close();
  }
}
