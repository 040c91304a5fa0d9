import { execFile } from "node:child_process";
import { childEnvironment } from "../../system/child-environment.ts";

/** A job of ours that the controller knows. A number is no name: after a crash it is given to another job. */
export interface SlurmJob {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
}

/** What we ask of a batch system. */
export interface BatchSystem {
  /** Resolves with the job's number; rejects where nobody knows whether it was accepted. */
  submit(name: string, args: readonly string[]): Promise<string>;
  /** Every job of ours; rejects where the controller does not answer. */
  list(): Promise<readonly SlurmJob[]>;
}

const ANSWER_ms_max = 60_000;

/** Slurm by its commands: `sbatch` with options of the laboratory's own, `squeue` for our own jobs, a line each. */
export function slurmCommands(options: readonly string[], script: string): BatchSystem {
  return {
    submit: async (name, args) => {
      const own = ["--parsable", `--job-name=${name}`, "--output=/dev/null", "--open-mode=append"];
      const said = await call("sbatch", [...own, ...options, script, ...args]);
      const jobId = /^\d+/.exec(said)?.[0];
      if (jobId === undefined) throw new Error(`sbatch said ${said.slice(0, 200)}`);
      return jobId;
    },
    list: async () => {
      const said = await call("squeue", ["--noheader", "--me", "--format=%i|%j|%T"]);
      return said.split("\n").flatMap((line) => {
        const [jobId, name, state] = line.split("|");
        return jobId && name && state ? [{ jobId, name, state }] : [];
      });
    },
  };
}

function call(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const bounds = { timeout: ANSWER_ms_max, maxBuffer: 1 << 24 };
    execFile(
      program,
      [...args],
      { ...bounds, env: childEnvironment() },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(`${program}: ${(stderr || error.message).trim().slice(0, 300)}`));
      },
    );
  });
}
