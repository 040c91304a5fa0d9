import { setTimeout as wait } from "node:timers/promises";
import { LabError } from "../core/errors.ts";
import type { CommandIo, RegisterCommand } from "./command.ts";
import { createLiveScreen, cutLine, terminalKind } from "./live-screen.ts";
import { addConnection, connectFromOptions } from "./operate.ts";
import { drawBar } from "./progress.ts";

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
      return `${JSON.stringify({ campaign: options.campaign, ...(state as State), batch, model })}\n`;
    }
    const known = model as Model | undefined;
    return describe(options.campaign, state as State, batch as Batch | undefined, known);
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
  const { used, total } = state.budget;
  const bar = drawBar(used / Math.max(1, total), BAR.budget);
  const lines = [
    `${id}: ${state.state}`,
    `  ${bar} measured ${used} of ${total}, ${state.inFlight} in flight`,
  ];
  for (const [name, value] of Object.entries(model?.summary ?? {})) {
    if (typeof value === "number")
      lines.push(`  ${name.padEnd(22)} ${Number(value.toPrecision(4))}`);
    else if (Array.isArray(value))
      lines.push(`  ${name.padEnd(22)} ${value.length}: ${value.slice(0, 12).join(", ")}`);
  }
  lines.push(...describeShares(model?.summary["phaseFractions"]));
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

const BAR = { budget: 24, share: 20 };
/** Fields that are listed with a bar each. */
const SHARES_shown = 8;

/** The largest fields of a map as bars. */
function describeShares(fractions: unknown): string[] {
  if (typeof fractions !== "object" || fractions === null) return [];
  const shares = Object.entries(fractions)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] > 0)
    .sort(([, a], [, b]) => b - a);
  const most = shares[0]?.[1] ?? 1;
  const bars = shares.slice(0, SHARES_shown).map(([name, share]) => {
    const percent = `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`.padStart(6);
    return `  ${drawBar(share / most, BAR.share)} ${percent} ${name}`;
  });
  const left = shares.length - bars.length;
  return left > 0 ? [...bars, `  and ${left} more`] : bars;
}
