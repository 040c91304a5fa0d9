import { setTimeout as wait } from "node:timers/promises";
import type { OperatorClient } from "../../../adapters/mqtt/operator-client.ts";
import { LabError, misuse } from "../../core/errors.ts";
import type { PersonsReport, Todo } from "../../domain/people.ts";
import type { TodoView } from "../../views/todo-view.ts";
import { type CommandIo, printJson } from "../command.ts";
import { numberWithin } from "../option-values.ts";
import { connectFromOptions, tellReply } from "./operate.ts";
import { type PhotoOptions, sendPhotos } from "./send-photos.ts";
import { describeTodos } from "./todo-text.ts";
import {
  readFiles,
  readObservations,
  readPhases,
  readPlaces,
  readValues,
} from "./words-at-bench.ts";

export interface ListOptions {
  readonly broker: string;
  readonly site: string;
  readonly keyFile?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

interface Speaker extends Omit<ListOptions, "watch"> {
  readonly by: string;
}

export interface DoneOptions extends Speaker, PhotoOptions {
  readonly value?: readonly string[];
  readonly phases?: string;
  readonly confidence?: string;
  readonly observations?: string;
  readonly actual?: readonly string[];
  readonly file?: readonly string[];
  readonly newPhases?: boolean;
  readonly note?: string;
}

export interface FailedOptions extends Speaker {
  readonly reason: string;
  readonly again?: boolean;
}

const WATCH_ms = 5_000;

/** `todo`: the list, once or until Ctrl-C. */
export async function showTodos(options: ListOptions, io: CommandIo): Promise<void> {
  const client = await connectFromOptions(options);
  try {
    do {
      const view = await listOf(client);
      if (options.json === true) printJson(io, view);
      else io.out(describeTodos(view, Date.now()));
      if (options.watch === true) await wait(WATCH_ms);
    } while (options.watch === true);
  } finally {
    await client.close();
  }
}

/** `todo done`: what was typed, in the units that are asked for where none is written. */
export async function reportDone(
  jobId: string,
  options: DoneOptions,
  io: CommandIo,
): Promise<void> {
  const phases = options.phases === undefined ? [] : [readPhases(options.phases, sure(options))];
  const further =
    options.observations === undefined ? [] : await readObservations(options.observations);
  const raw = [...(await sendPhotos(options)), ...(await readFiles(options.file ?? []))];
  const actual = readPlaces("--actual", options.actual ?? []);
  await send(jobId, options, io, (todo) => {
    const observations = [...readValues(options.value ?? [], todo?.asks), ...phases, ...further];
    return {
      outcome: "done",
      ...(observations.length === 0 ? {} : { observations }),
      ...(Object.keys(actual).length === 0 ? {} : { actual }),
      ...(raw.length === 0 ? {} : { raw }),
      ...(options.newPhases === true ? { newPhases: true } : {}),
    };
  });
}

/** `todo failed`. */
export async function reportFailed(
  jobId: string,
  options: FailedOptions,
  io: CommandIo,
): Promise<void> {
  const again = options.again === true ? { again: true } : {};
  await send(jobId, { ...options, note: options.reason }, io, () => ({
    outcome: "failed",
    ...again,
  }));
}

async function send(
  jobId: string,
  options: Speaker & { readonly note?: string },
  io: CommandIo,
  reportOf: (todo: Todo | undefined) => PersonsReport,
): Promise<void> {
  const campaignId = campaignOf(jobId);
  const client = await connectFromOptions(options);
  try {
    const todo = (await listOf(client)).todos.find((one) => one.jobId === jobId);
    const { by, note: reason } = options;
    const what = { campaignId, action: "report" as const, by, reason, jobId };
    const command = { ...what, report: reportOf(todo) };
    const about = { campaign: jobId, ...(options.json === true ? { json: true } : {}) };
    tellReply(io, about, command, await client.command(command));
  } finally {
    await client.close();
  }
}

/** What the daemon shows; a laboratory that never asked a person shows none. */
async function listOf(client: OperatorClient): Promise<TodoView> {
  const view = (await client.view("todo")) as TodoView | undefined;
  if (view !== undefined) return view;
  if ((await client.view("overview")) === undefined)
    throw new LabError("TL-2003", "No daemon shows a list for the bench at this broker and site");
  return { isStopped: false, todos: [] };
}

/** Jobs are named `campaign.experiment.step`. */
function campaignOf(jobId: string): string {
  const [campaign = "", ...rest] = jobId.split(".");
  if (rest.length > 0) return campaign;
  throw misuse("TL-1001", `${jobId} is no job`, "Take its name from `tieline todo`: alloys.3.s2.");
}

function sure({ confidence }: DoneOptions): number | undefined {
  return confidence === undefined ? undefined : numberWithin("--confidence", confidence, 0, 1);
}
