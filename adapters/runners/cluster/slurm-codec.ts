import { shellQuote } from "../../system/shell-quote.ts";
import { waitingTasks } from "./array-tasks.ts";
import { type PilotOrder, type SubmittedPilot, taskName } from "./batch-system.ts";

/** The codecs of slurmrestd that are spoken, 0.0.N: Slurm 22.05 has 38, 26.05 has 43 to 45. */
const CODEC_min = 38;
/** From here on the environment is a list of NAME=VALUE, and a number that may be absent is `{ set, number }`. */
const LISTS_FROM = 39;
/** From here on the script is a property of the job. */
const SCRIPT_IN_JOB_FROM = 41;
/** States of jobs that are over: they are listed for some minutes more, which `squeue` does not do. */
const OVER =
  /^(CANCELLED|COMPLETED|FAILED|TIMEOUT|NODE_FAIL|PREEMPTED|BOOT_FAIL|DEADLINE|OUT_OF_MEMORY)$/;

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
  const script = `#!/bin/bash\nexec ${[needs.script, ...order.args].map(shellQuote).join(" ")}\n`;
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
 * tasks that has no row of its own.
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
    const waiting = waitingTasks(one["array_task_string"]).filter((k) => !own.has(`${array}_${k}`));
    const tasks = task === undefined ? waiting : [task];
    return tasks.length === 0
      ? [{ jobId: String(one["job_id"]), name, state }]
      : tasks.map((k) => ({ jobId: `${array}_${k}`, name: taskName(name, k), state }));
  });
}

function arrayOf(row: Record<string, unknown>): unknown {
  return numberOf(row["array_job_id"]) ?? row["job_id"];
}

/** The number of the job or array that an answer tells of; `undefined` where it tells of none. */
export function acceptedJob(answer: unknown): string | undefined {
  const { job_id, result } = (answer ?? {}) as { job_id?: unknown; result?: { job_id?: unknown } };
  const number = numberOf(job_id) ?? numberOf(result?.job_id) ?? 0;
  return number > 0 ? String(number) : undefined;
}

/** The release of Slurm that an answer comes from. */
export function releaseOf(answer: unknown): string | undefined {
  const { meta } = (answer ?? {}) as { meta?: Record<string, { release?: unknown } | undefined> };
  const release = (meta?.["Slurm"] ?? meta?.["slurm"])?.release;
  return typeof release === "string" ? release : undefined;
}

/** A number, as 0.0.38 writes it (null: none) and as newer ones do. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const { set, infinite, number } = (value ?? {}) as Record<string, unknown>;
  return set === true && infinite !== true ? Number(number) : undefined;
}
