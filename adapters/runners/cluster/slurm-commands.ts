import { execFile } from "node:child_process";
import { childEnvironment } from "../../system/child-environment.ts";
import {
  type BatchSystem,
  type PilotOrder,
  SubmissionRefused,
  type SubmittedPilot,
  taskName,
} from "./batch-system.ts";

const ANSWER_ms_max = 60_000;

/** What sbatch says where the controller has refused for certain, whole arrays included. */
const REFUSED = /Invalid job array specification|violates accounting\/QOS policy/;

/** Slurm by its commands: `sbatch` with options of the laboratory's own, `squeue` for our own jobs, a line each. */
export function slurmCommands(options: readonly string[], script: string): BatchSystem {
  return {
    submit: async (order) => {
      const own = [
        "--parsable",
        "--output=/dev/null",
        "--open-mode=append",
        ...orderOptions(order),
      ];
      const said = await call("sbatch", [...own, ...options, script, ...order.args]);
      const jobId = /^\d+/.exec(said)?.[0];
      if (jobId === undefined) throw new Error(`sbatch said ${said.slice(0, 200)}`);
      return jobId;
    },
    list: async () => {
      const said = await call("squeue", ["--noheader", "--me", "--array", "--format=%i|%j|%T"]);
      return said.split("\n").flatMap(readLine);
    },
  };
}

function orderOptions({ name, count }: PilotOrder): readonly string[] {
  const array = count === 1 ? [] : [`--array=0-${count - 1}`];
  return [`--job-name=${name}`, ...array];
}

/** `12|tieline-ab|RUNNING`, of an array `12_3|tieline-ab|RUNNING`. */
function readLine(line: string): readonly SubmittedPilot[] {
  const [jobId, name, state] = line.split("|");
  if (!jobId || !name || !state) return [];
  const task = /_(\d+)$/.exec(jobId)?.[1];
  return [{ jobId, name: task === undefined ? name : taskName(name, Number(task)), state }];
}

function call(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const bounds = { timeout: ANSWER_ms_max, maxBuffer: 1 << 24 };
    execFile(
      program,
      [...args],
      { ...bounds, env: childEnvironment() },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout.trim());
        const why = `${program}: ${(stderr || error.message).trim().slice(0, 300)}`;
        reject(REFUSED.test(why) ? new SubmissionRefused(why) : new Error(why));
      },
    );
  });
}
