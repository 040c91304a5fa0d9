import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { Command } from "commander";
import { misuse } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { CommandIo } from "../command.ts";
import { replaceFile } from "../output/replace-file.ts";
import { readJsonFile } from "../read-json-file.ts";
import type { SuggestOptions } from "./suggest-options.ts";

/** What is of one call and not of the search. */
const OF_THE_CALL: ReadonlySet<string> = new Set([
  ...["candidates", "results", "tell", "inFlight"],
  ...["out", "plot", "plotAxes", "map", "json"],
]);

/** Stands beside a table as `FILE.tieline.json`: a search goes on as it was begun. */
interface OptionsRecord {
  readonly version: string;
  /** Of the goal's planner: another one may propose other points. */
  readonly plannerVersion: number;
  readonly options: Readonly<Record<string, string | readonly string[]>>;
}

/** The options of a call: those given, then those of the record, then the usual ones. Throws TL-8002, TL-8008, TL-1001. */
export async function withRecord(command: Command, io: CommandIo): Promise<SuggestOptions> {
  const options = command.opts<SuggestOptions>();
  const file = recordOf(options);
  if (file === undefined || !existsSync(file)) return options;
  const record = readRecord(file);
  const recorded: Record<string, unknown> = { ...record.options };
  if (options.candidates !== undefined) delete recorded["space"];
  const { space } = recorded;
  if (typeof space === "string") recorded["space"] = resolve(dirname(file), space);
  const given = Object.keys(recorded).filter(
    (name) => command.getOptionValueSource(name) === "cli",
  );
  for (const name of given) {
    const now = options[name as keyof SuggestOptions];
    if (name !== "batch" && name !== "space" && String(now) !== String(recorded[name]))
      io.err(`warning: --${name} ${now} and not ${recorded[name]} as in ${file}\n`);
    delete recorded[name];
  }
  const merged = { ...options, ...recorded };
  if (record.plannerVersion !== (await plannerVersion(merged.goal)))
    io.err(`warning: ${file} was written by Tieline ${record.version}: proposals may be others\n`);
  return merged;
}

/** Writes the record of a search, once: it stays as the search was begun. Throws TL-1003. */
export async function keepRecord(command: Command, options: SuggestOptions): Promise<void> {
  const file = recordOf(options);
  if (file === undefined || existsSync(file)) return;
  const kept = Object.entries(options).filter(
    ([name]) =>
      !OF_THE_CALL.has(name) && (name === "seed" || command.getOptionValueSource(name) === "cli"),
  );
  const { space } = options;
  const place =
    space === undefined ? {} : { space: relative(dirname(resolve(file)), resolve(space)) };
  const record: OptionsRecord = {
    version: VERSION,
    plannerVersion: await plannerVersion(options.goal),
    options: { ...Object.fromEntries(kept), ...place },
  };
  await replaceFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Loaded only where there is a record: planners of every goal come with it. */
async function plannerVersion(goal: string | undefined): Promise<number> {
  const { PLANNERS } = await import("../../planning/create-planner.ts");
  return Object.entries(PLANNERS).find(([name]) => name === goal)?.[1].version ?? 0;
}

function recordOf({ candidates, results }: SuggestOptions): string | undefined {
  const table = candidates ?? results;
  return table === undefined ? undefined : `${table}.tieline.json`;
}

function readRecord(file: string): OptionsRecord {
  const record = readJsonFile(file) as Partial<OptionsRecord> | null;
  const { options } = record ?? {};
  const isSound =
    typeof record?.version === "string" &&
    typeof record.plannerVersion === "number" &&
    typeof options === "object" &&
    Object.values(options).every((one) => typeof one === "string" || Array.isArray(one));
  if (isSound) return record as OptionsRecord;
  throw misuse("TL-1001", `${file} is no record of a search`, "Remove it to begin anew.");
}
