import { execFile } from "node:child_process";
import { childEnvironment } from "../../system/child-environment.ts";
import { waitingTasks } from "./array-tasks.ts";
import {
  type BatchSystem,
  notAllowed,
  type PilotOrder,
  SubmissionRefused,
  type SubmittedPilot,
  taskName,
} from "./batch-system.ts";

const ANSWER_ms_max = 60_000;

/** What sbatch says where the controller has refused for certain, whole arrays included. */
const REFUSED = /Invalid job array specification|violates accounting\/QOS policy/;
/** What the commands say where munge or a token does not vouch for us. */
const NOT_ALLOWED = /Protocol authentication error|Invalid authentication credential/;
/** What sbatch needs itself where a token vouches for us, and no job does. */
const TOKEN = "SLURM_JWT";

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
      const { said, failure } = await call("sbatch", [...own, ...options, script, ...order.args]);
      // A number is an acceptance, whatever else is said.
      const jobId = /^\d+/.exec(said)?.[0];
      if (jobId === undefined) throw failure ?? new Error(`sbatch said ${said.slice(0, 200)}`);
      return jobId;
    },
    list: async () => {
      const how = ["--noheader", "--me", "--array", "--format=%i|%j|%T"];
      const { said, failure } = await call("squeue", how);
      // Half a list is none: whoever is missing there would be taken for gone.
      if (failure !== undefined) throw failure;
      return said.split("\n").flatMap(readLine);
    },
  };
}

function orderOptions({ name, count }: PilotOrder): readonly string[] {
  const array = count === 1 ? [] : [`--array=0-${count - 1}`];
  // sbatch gives a job everything that it has itself.
  const exports = process.env[TOKEN] === undefined ? [] : [`--export=ALL,${TOKEN}=`];
  return [`--job-name=${name}`, ...array, ...exports];
}

/** `12|tieline-ab|RUNNING`, of an array `12_3|tieline-ab|RUNNING`, of its tasks that wait together `12_[4-9,20...%2]|tieline-ab|PENDING`. */
function readLine(line: string): readonly SubmittedPilot[] {
  const [jobId, name, state] = line.split("|");
  if (!jobId || !name || !state) return [];
  const [, array, text] = /^(\d+)_\[?([^\]]+)/.exec(jobId) ?? [];
  if (array === undefined) return [{ jobId, name, state }];
  return waitingTasks(text).map((task) => ({
    ...{ jobId: `${array}_${task}`, name: taskName(name, task), state },
  }));
}

interface Said {
  readonly said: string;
  /** It has not ended well. */
  readonly failure?: Error;
}

function call(program: string, args: readonly string[]): Promise<Said> {
  const token = process.env[TOKEN];
  const own = token === undefined ? {} : { [TOKEN]: token };
  const bounds = { timeout: ANSWER_ms_max, maxBuffer: 1 << 24 };
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { ...bounds, env: childEnvironment(own) },
      (error, stdout, stderr) => {
        const said = stdout.trim();
        if (error === null) return resolve({ said });
        resolve({
          said,
          failure: failureOf(`${program}: ${(stderr || error.message).trim().slice(0, 300)}`),
        });
      },
    );
  });
}

function failureOf(why: string): Error {
  if (NOT_ALLOWED.test(why))
    return notAllowed(
      why,
      "Look at munge on this machine, or at SLURM_JWT. Pilots that run go on.",
    );
  return REFUSED.test(why) ? new SubmissionRefused(why) : new Error(why);
}
