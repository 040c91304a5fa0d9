import type { Command } from "commander";
import type { CommandIo } from "../command.ts";
import { common, lammpsOptions } from "./common-options.ts";
import type { SlurmCommandOptions } from "./runner-options.ts";

/** `tieline runner slurm`. */
export function registerSlurm(runner: Command, io: CommandIo): void {
  lammpsOptions(common(runner.command("slurm"), "hpc"), false)
    .description(
      "Runs LAMMPS or forward calculations on a Slurm cluster, by pilot jobs that take one job after another.",
    )
    .option(
      "--effective-model [command]",
      "spin models instead of --template; how tieline is called on the nodes, default tieline",
    )
    .option("--slots <n>", "jobs at a time: so many instruments, ID-1 to ID-n", "8")
    .option("--pilots <n>", "Slurm jobs of ours at a time, at most", "4")
    .option(
      "--sbatch <options>",
      "further options of sbatch, one text: '--partition=long --time=4:00:00'",
    )
    .option(
      "--rest <address>",
      "slurmrestd instead of the commands: unix:/PATH or http://HOST:6820 (0.0.38 and newer)",
    )
    .option(
      "--rest-token <file>",
      "with --rest: where the output of scontrol token is; else SLURM_JWT, else no token",
    )
    .option(
      "--rest-job <json>",
      'with --rest: further properties of the job, \'{"partition":"long"}\'',
    )
    .option(
      "--lifetime <s>",
      "a pilot takes no further job after so long; below sbatch's --time",
      "10800",
    )
    .option("--idle <s>", "a pilot without a job ends after so long", "120")
    .option(
      "--silence <s>",
      "a pilot that Slurm does not list is gone after so long without a sign",
      "60",
    )
    .option("--node-hours <h>", "no further jobs once pilots have used so much")
    .addHelpText(
      "after",
      "\n--folder lies on a disk that every node sees under the same path.\n\n" +
        "Example:\n  tieline runner slurm --template ../config/silicon/quench.lmp --broker mqtt://localhost:1883 \\\n" +
        "    --id hpc --slots 16 --pilots 8 --folder /shared/hpc --sbatch '--partition=long --time=4:00:00'\n",
    )
    .action(async (options: SlurmCommandOptions) => {
      const { runSlurm } = await import("./run-slurm.ts");
      await runSlurm(options, io);
    });
}
