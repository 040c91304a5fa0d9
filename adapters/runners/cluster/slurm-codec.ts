import {
  PILOTS_TOGETHER_max,
  type PilotOrder,
  type SubmittedPilot,
  taskName,
} from "./batch-system.ts";

/** The codecs of slurmrestd that are spoken, 0.0.N: Slurm 22.05 has 38, 26.05 has 43 to 45. */
const CODEC_min = 38;
/** From here on the environment is a list of NAME=VALUE, and a number that may be absent is `{ set, number }`. */
const LISTS_FROM = 39;
/** From here on the script is a property of the job. */
const SCRIPT_IN_JOB_FROM = 41;
/** States of jobs that are over: they are listed for some minutes more, which `squeue` does not do. */
const OVER =
  /^(CANCELLED|COMPLETED|FAILED|TIMEOUT|NODE_FAIL|PREEMPTED|BOOT_FAIL|DEADLINE|OUT_OF_MEMORY)$/;
/** Pilots of an order are a thousand at most; a text that names more tasks is no answer. */
const TASKS_max = 100_000;

/** The newest codec that a slurmrestd offers, by the paths of its OpenAPI document; `undefined` where it has none from 0.0.38 on. */
export function newestCodec(openApi: unknown): number | undefined {
  const paths = Object.keys((openApi as { paths?: object } | null)?.paths ?? {});
  const codecs = paths.flatMap((path) => {
    const number = Number(/^\/slurm\/v0\.0\.(\d+)\/job\/submit\/?$/.exec(path)?.[1]);
    return number >= CODEC_min ? [number] : [];
  });
  return codecs.length === 0 ? undefined : Math.max(...codecs);
}

/** The request that submits pilots; `properties` are the laboratory's own, in the words of that codec. */
export function encodeOrder(
  codec: number,
  order: PilotOrder,
  needs: { readonly script: string; readonly properties: Readonly<Record<string, unknown>> },
): object {
  const path = "/usr/local/bin:/usr/bin:/bin";
  const script = `#!/bin/bash\nexec ${[needs.script, ...order.args].map(quote).join(" ")}\n`;
  const job = {
    environment: codec < LISTS_FROM ? { PATH: path } : [`PATH=${path}`],
    current_working_directory: "/",
    ...needs.properties,
    ...{ name: order.name, standard_output: "/dev/null", standard_error: "/dev/null" },
    ...(order.count === 1 ? {} : { array: `0-${order.count - 1}` }),
  };
  return codec < SCRIPT_IN_JOB_FROM ? { script, job } : { job: { ...job, script } };
}

/**
 * The jobs of an answer that are not over and whose names begin with `prefix`; a waiting array is one row, which stands for each of its
 * tasks. Where its text was cut, tasks that are not named are taken to wait still, unless they have a row of their own.
 */
export function decodeJobs(answer: unknown, prefix: string): readonly SubmittedPilot[] {
  const { jobs } = answer as { readonly jobs?: unknown };
  if (!Array.isArray(jobs)) throw new Error("slurmrestd gave no list of jobs");
  const own = new Set(jobs.map((one) => `${arrayOf(one)}_${numberOf(one["array_task_id"])}`));
  return jobs.flatMap((one: Record<string, unknown>) => {
    const name = String(one["name"]);
    const states = [one["job_state"]].flat().map(String);
    if (!name.startsWith(prefix) || states.some((state) => OVER.test(state))) return [];
    const state = states.join(",");
    const task = numberOf(one["array_task_id"]);
    const array = arrayOf(one);
    const { named, perhaps } = tasksOf(one["array_task_string"]);
    const waiting = [...named, ...perhaps.filter((k) => !own.has(`${array}_${k}`))];
    const tasks = task === undefined ? waiting : [task];
    return tasks.length === 0
      ? [{ jobId: String(one["job_id"]), name, state }]
      : tasks.map((k) => ({ jobId: `${array}_${k}`, name: taskName(name, k), state }));
  });
}

/** A number, as 0.0.38 writes it (null: none) and as newer ones do. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const { set, infinite, number } = (value ?? {}) as Record<string, unknown>;
  return set === true && infinite !== true ? Number(number) : undefined;
}

function arrayOf(row: Record<string, unknown>): unknown {
  return numberOf(row["array_job_id"]) ?? row["job_id"];
}

/**
 * `0-3,7,10-20:5%2`: the tasks of an array that do not run yet, with how many may run at a time. 22.05 cuts the text after 64 characters,
 * in the midst of a number (`...,260-265,27...%2`): `perhaps` are those that the rest may have named, of an array of ours.
 */
function tasksOf(text: unknown): {
  readonly named: readonly number[];
  readonly perhaps: readonly number[];
} {
  if (typeof text !== "string") return { named: [], perhaps: [] };
  const parts = text.replace(/%.*$/, "").split(",");
  const isCut = parts.at(-1)?.endsWith("...") === true;
  const named = (isCut ? parts.slice(0, -1) : parts).flatMap(rangeOf);
  const next = (named.at(-1) ?? -1) + 1;
  const beyond = Array.from(
    { length: Math.max(0, PILOTS_TOGETHER_max - next) },
    (_, k) => next + k,
  );
  return { named, perhaps: isCut ? beyond : [] };
}

function rangeOf(part: string): readonly number[] {
  const [, first, last, step] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? [];
  if (first === undefined) return [];
  const [from, every] = [Number(first), Number(step ?? 1) || 1];
  const count = Math.floor((Number(last ?? first) - from) / every) + 1;
  return Array.from({ length: Math.min(TASKS_max, Math.max(0, count)) }, (_, k) => {
    return from + every * k;
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
