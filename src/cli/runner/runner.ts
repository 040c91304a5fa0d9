import type { Command } from "commander";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { common, lammpsOptions } from "./common-options.ts";
import type {
  BuiltinCommandOptions,
  ForwardCommandOptions,
  LammpsCommandOptions,
  RunnerCommandOptions,
} from "./runner-options.ts";
import { registerSlurm } from "./slurm.ts";

/** `tieline runner lammps | slurm | builtin | effective-model | device`: an instrument of simulations, or of a device of one's own. */
export const registerRunner: RegisterCommand = (program, io) => {
  const runner = program
    .command("runner")
    .description("Runs simulations for a daemon: an MQTT client of the wire contract.");
  registerLammps(runner, io);
  registerSlurm(runner, io);
  registerBuiltin(runner, io);
  registerForward(runner, io);
  registerDevice(runner, io);
};

function registerLammps(runner: Command, io: CommandIo): void {
  lammpsOptions(common(runner.command("lammps"), "md-1"))
    .description("Runs LAMMPS with an input template for every job.")
    .addHelpText(
      "after",
      "\nExample:\n  tieline runner lammps --template ../config/silicon/quench.lmp --broker mqtt://localhost:1883 \\\n" +
        "    --site default --id md-1 --folder ./md-1\n",
    )
    .action(async (options: LammpsCommandOptions) => {
      const { runLammps } = await import("./run-runner.ts");
      await runLammps(options, io);
    });
}

function registerForward(runner: Command, io: CommandIo): void {
  common(runner.command("effective-model"), "ed-1")
    .description("Calculates spin models for effective-model campaigns with model.forward.")
    .option("--calculate <folder>", "does the calculation of a job's folder and ends: for pilots")
    .addHelpText(
      "after",
      "\nA job brings couplings, cluster, temperatures and fields; its result has the curves and their derivatives.\n" +
        "Start one for each core you can spare, here or on other machines.\n\n" +
        "Example:\n  tieline runner effective-model --broker mqtt://localhost:1883 --site default --id ed-1\n",
    )
    .action(async (options: ForwardCommandOptions) => {
      const { runForwardCalculations } = await import("./run-runner.ts");
      await runForwardCalculations(options, io);
    });
}

function registerDevice(runner: Command, io: CommandIo): void {
  common(runner.command("device"), "device-1")
    .argument("<module>", "an ES module that exports device (docs/gateway.md)")
    .description("Makes an instrument of a device that you describe in a module of your own.")
    .addHelpText(
      "after",
      "\nThe gateway keeps journal, limits, deadlines, the emergency stop and resumption; the module only translates.\n\n" +
        "Example:\n  tieline runner device ./hotplate.mjs --broker mqtt://localhost:1883 --site default --id hotplate-1\n",
    )
    .action(async (module: string, options: RunnerCommandOptions) => {
      const { runDevice } = await import("./run-runner.ts");
      await runDevice(module, options, io);
    });
}

function registerBuiltin(runner: Command, io: CommandIo): void {
  common(runner.command("builtin"), "md-1")
    .description("Gives made-up or recorded frames at once: for first steps and tests.")
    .option("--duration <s>", "how long a simulation takes", "1")
    .option("--recorded <file.csv>", "set points and a column frames, instead of made-up frames")
    .option("--samples <dir>", "writes labelled made-up frames to train a model on, and ends")
    .addHelpText(
      "after",
      "\nExample:\n  tieline runner builtin --samples ./samples\n" +
        "  tieline runner builtin --broker mqtt://localhost:1883 --site default --id md-1\n",
    )
    .action(async (options: BuiltinCommandOptions) => {
      const { runBuiltin } = await import("./run-runner.ts");
      await runBuiltin(options, io);
    });
}
