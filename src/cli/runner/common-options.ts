import type { Command } from "commander";

/** What every runner is told. */
export function common(command: Command, id: string): Command {
  return command
    .option(
      "--broker <url>",
      "mqtt://host:port; name and password from TIELINE_BROKER_USERNAME, _PASSWORD",
      "mqtt://127.0.0.1:1883",
    )
    .option("--site <site>", "the daemon's site", "default")
    .option("--id <id>", "this runner's name", id)
    .option("--folder <dir>", "journal and runs; default ./runner-ID");
}

/** What LAMMPS is told, wherever it runs. */
export function lammpsOptions(command: Command, isOnlyOne = true): Command {
  const template = ["--template <in.lmp>", "input with lines '# tieline parameter ...'"] as const;
  return (isOnlyOne ? command.requiredOption(...template) : command.option(...template))
    .option("--lmp <command>", "how LAMMPS is called", "lmp")
    .option("--potentials <dir>", "variable POT", "/usr/share/lammps/potentials")
    .option("--threads <n>", "OMP_NUM_THREADS", "1")
    .option("--set <NAME=VALUE...>", "variables of the input that are the same for every job");
}
