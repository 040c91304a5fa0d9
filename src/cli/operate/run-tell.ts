import { createHash } from "node:crypto";
import { LabError, misuse } from "../../core/errors.ts";
import { readPlace } from "../../domain/change-text.ts";
import { type CommandIo, printJson } from "../command.ts";
import { connectFromOptions } from "./operate.ts";
import { type PhotoOptions, sendPhotos } from "./send-photos.ts";
import { readToldFile, type ToldColumns, type ToldResult } from "./told-file.ts";
import { readPhases, readValues } from "./words-at-bench.ts";

export interface TellOptions extends ToldColumns, PhotoOptions {
  readonly campaign: string;
  readonly broker: string;
  readonly site: string;
  readonly reason?: string;
  readonly point?: string;
  readonly phases?: string;
  readonly value?: readonly string[];
  readonly recipe?: string;
  readonly newPhases?: boolean;
  readonly json?: boolean;
}

const REFUSALS_SHOWN = 10;

/** `tell`: one command a result, each with a name that follows from what it says, so that a file told twice counts once. */
export async function runTell(
  file: string | undefined,
  options: TellOptions,
  io: CommandIo,
): Promise<void> {
  const results = file === undefined ? [typedResult(options)] : readToldFile(file, options);
  if (results.length === 0) throw misuse("TL-1020", `${file} has no results`);
  if (options.photo !== undefined && results.length > 1)
    throw misuse("TL-1001", "A photograph goes with one result", "Tell that one with --point.");
  const raw = await sendPhotos(options);
  const client = await connectFromOptions(options);
  const refused: { at: string; reason: string }[] = [];
  const idOf = namer(options);
  try {
    for (const result of results) {
      const { campaign: campaignId, by, reason, recipe, newPhases } = options;
      const point = recipe === undefined ? result.point : { ...result.point, recipe };
      const command = {
        ...{ campaignId, action: "tell" as const, by, reason },
        ...{ points: [point], observations: result.observations },
        ...(newPhases === true ? { newPhases } : {}),
        ...(raw.length === 0 ? {} : { raw }),
      };
      const reply = await client.command(command, idOf(result));
      if (!reply.accepted) refused.push({ at: result.at, reason: reply.reason ?? "no reason" });
    }
  } finally {
    await client.close();
  }
  const taken = results.length - refused.length;
  if (options.json === true) printJson(io, { taken, refused });
  else io.out(`${options.campaign}: ${taken} of ${results.length} results are known now.\n`);
  if (refused.length === 0) return;
  const shown = refused.slice(0, REFUSALS_SHOWN).map(({ at, reason }) => `${at}: ${reason}`);
  const more = refused.length > shown.length ? [`${refused.length - shown.length} more`] : [];
  throw new LabError("TL-3001", `The daemon refused ${[...shown, ...more].join("; ")}`);
}

/** The k-th result of the same words is another measurement of the same point. */
function namer({ campaign, newPhases, recipe }: TellOptions): (result: ToldResult) => string {
  const seen = new Map<string, number>();
  return ({ point, observations }) => {
    const words = JSON.stringify([campaign, point, recipe, observations, newPhases === true]);
    const k = seen.get(words) ?? 0;
    seen.set(words, k + 1);
    return `tell-${createHash("sha256").update(`${k} ${words}`).digest("hex").slice(0, 32)}`;
  };
}

function typedResult({ point, phases, value }: TellOptions): ToldResult {
  const parameters = point === undefined ? undefined : readPlace(point);
  if (parameters === undefined)
    throw misuse(
      "TL-1001",
      "No result is named",
      "Name a file, or --point Al=0.2,Mg=0.8 --phases fcc.",
    );
  const observations = [
    ...(phases === undefined ? [] : [readPhases(phases, undefined)]),
    ...readValues(value ?? []),
  ];
  if (observations.length > 0)
    return { at: `--point ${point}`, point: { parameters }, observations };
  throw misuse(
    "TL-1001",
    "Nothing was found at the point",
    "Write --phases A+B or --value strength=410.",
  );
}
