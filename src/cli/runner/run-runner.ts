import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTaskDevice, type Task } from "../../../adapters/gateway/index.ts";
import { createBuiltinProgram, writeSamples } from "../../../adapters/runners/builtin-program.ts";
import { openCluster } from "../../../adapters/runners/cluster/open-cluster.ts";
import { createForwardProgram } from "../../../adapters/runners/forward-program.ts";
import { createLammpsProgram } from "../../../adapters/runners/lammps-program.ts";
import { misuse } from "../../core/errors.ts";
import type { CommandIo } from "../command.ts";
import { positive, whole } from "../structure/structure-input.ts";
import { loadDevice } from "./load-device.ts";
import type {
  BuiltinCommandOptions,
  LammpsCommandOptions,
  RunnerCommandOptions,
  SlurmCommandOptions,
} from "./runner-options.ts";
import { lineLogger, serveDevice, serveDevices } from "./serve-device.ts";

/** `runner lammps`: until it is told to end. */
export async function runLammps(options: LammpsCommandOptions, io: CommandIo): Promise<void> {
  const program = createLammpsProgram({
    ...options,
    threads: whole(options.threads, "--threads", 1, 1024),
    constants: constantsOf(options.set ?? []),
  });
  await serve(options, program, io);
}

/** `runner slurm`: LAMMPS on a cluster, as so many instruments as it has slots, until it is told to end. */
export async function runSlurm(options: SlurmCommandOptions, io: CommandIo): Promise<void> {
  const folder = resolve(options.folder ?? `runner-${options.id}`);
  const whole1 = (text: string, name: string, max: number): number => whole(text, name, 1, max);
  const cluster = openCluster({
    folder: join(folder, "cluster"),
    sbatch: (options.sbatch ?? "").split(/\s+/).filter((word) => word !== ""),
    pilots_max: whole1(options.pilots, "--pilots", 1000),
    lifetime_s: whole1(options.lifetime, "--lifetime", 1e7),
    idle_s: whole1(options.idle, "--idle", 1e6),
    silence_ms: 1000 * whole1(options.silence, "--silence", 1e5),
    nodeHours: positive(options.nodeHours, "--node-hours"),
    logger: lineLogger(io),
  });
  const program = () =>
    createLammpsProgram({
      ...options,
      threads: whole(options.threads, "--threads", 1, 1024),
      constants: constantsOf(options.set ?? []),
      launch: (task) => cluster.launch(task),
      refuse: () => cluster.refuse(),
    });
  const slots = Array.from({ length: whole1(options.slots, "--slots", 200) }, (_, k) => ({
    id: `${options.id}-${k + 1}`,
    folder: join(folder, `slot-${k + 1}`),
    device: createTaskDevice(program()),
  }));
  await serveDevices(options, slots, io);
  cluster.stop();
}

/** `CELLS=3` -> a variable of the input. */
function constantsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([A-Za-z0-9_]+)=(\S+)$/.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw misuse("TL-1001", `--set ${text} is not NAME=VALUE`);
      return [name, value];
    }),
  );
}

/** `runner builtin`: until it is told to end; with `--samples` it only writes frames. */
export async function runBuiltin(options: BuiltinCommandOptions, io: CommandIo): Promise<void> {
  if (options.samples !== undefined) {
    mkdirSync(options.samples, { recursive: true });
    const samples = writeSamples(options.samples);
    io.out(samples.map(({ file, label }) => `--frames ${file}:${label}`).join(" \\\n"));
    io.out("\n");
    return;
  }
  const duration_s = positive(options.duration, "--duration") ?? 1;
  await serve(options, createBuiltinProgram({ duration_s, recorded: options.recorded }), io);
}

/** `runner effective-model`: until it is told to end. */
export async function runForwardCalculations(
  options: RunnerCommandOptions,
  io: CommandIo,
): Promise<void> {
  await serve(options, createForwardProgram(), io);
}

/** `runner device`: until it is told to end. */
export async function runDevice(
  module: string,
  options: RunnerCommandOptions,
  io: CommandIo,
): Promise<void> {
  await serveDevice(options, await loadDevice(resolve(module)), io);
}

async function serve(options: RunnerCommandOptions, task: Task, io: CommandIo): Promise<void> {
  await serveDevice(options, createTaskDevice(task), io);
}
