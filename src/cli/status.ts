import { setTimeout as wait } from "node:timers/promises";
import { LabError } from "../core/errors.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";
import { addConnection, connectFromOptions } from "./operate.ts";

interface StatusOptions {
  readonly campaign: string;
  readonly broker: string;
  readonly site: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

interface State {
  readonly state: string;
  readonly budget: { readonly used: number; readonly total: number };
  readonly inFlight: number;
  readonly observations: number;
}
interface Batch {
  readonly n: number;
  readonly approval: string;
  readonly points: readonly {
    readonly candidateId: string;
    readonly parameters: Record<string, unknown>;
    readonly why: string;
  }[];
}
interface Model {
  readonly observations: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

const WATCH_INTERVAL_ms = 2_000;

/** `tieline status`: what a campaign does now. */
export const registerStatus: RegisterCommand = (program, io) => {
  addConnection(
    program
      .command("status")
      .description("shows the state, budget, batch and model of a running campaign"),
  )
    .option("--watch", "shows it again every 2 s, until Ctrl-C")
    .addHelpText("after", "\nExample:\n  tieline status --campaign al-mg-zn --watch\n")
    .action(async (options: StatusOptions) => {
      do {
        await showStatus(options, io);
        if (options.watch) await wait(WATCH_INTERVAL_ms);
      } while (options.watch);
    });
};

async function showStatus(options: StatusOptions, io: CommandIo): Promise<void> {
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
    if (options.json)
      printJson(io, { campaign: options.campaign, ...(state as State), batch, model });
    else
      io.out(
        describe(
          options.campaign,
          state as State,
          batch as Batch | undefined,
          model as Model | undefined,
        ),
      );
  } finally {
    await client.close();
  }
}

function describe(
  id: string,
  state: State,
  batch: Batch | undefined,
  model: Model | undefined,
): string {
  const lines = [
    `${id}: ${state.state}`,
    `  measured   ${state.budget.used} of ${state.budget.total}, ${state.inFlight} in flight`,
  ];
  for (const [name, value] of Object.entries(model?.summary ?? {})) {
    if (typeof value === "number")
      lines.push(`  ${name.padEnd(22)} ${Number(value.toPrecision(4))}`);
    else if (Array.isArray(value))
      lines.push(`  ${name.padEnd(22)} ${value.length}: ${value.slice(0, 12).join(", ")}`);
  }
  if (batch !== undefined) {
    lines.push(`  batch ${batch.n} (approval: ${batch.approval})`);
    for (const point of batch.points) {
      const at = Object.entries(point.parameters).map(
        ([name, value]) => `${name}=${String(value)}`,
      );
      lines.push(`    ${point.candidateId.padEnd(7)} ${at.join(" ")}  ${point.why}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
