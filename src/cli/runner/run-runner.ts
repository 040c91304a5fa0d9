import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { createTaskDevice, type Task } from "../../../adapters/gateway/index.ts";
import { createBuiltinProgram, writeSamples } from "../../../adapters/runners/builtin-program.ts";
import { createForwardProgram } from "../../../adapters/runners/forward-program.ts";
import { createLammpsProgram } from "../../../adapters/runners/lammps-program.ts";
import { calculateFolder } from "../../../adapters/runners/launched-forward.ts";
import type { CommandIo } from "../command.ts";
import { positive, whole } from "../structure/structure-input.ts";
import { constantsOf } from "./lammps-constants.ts";
import { loadDevice } from "./load-device.ts";
import type {
  BuiltinCommandOptions,
  ForwardCommandOptions,
  LammpsCommandOptions,
  RunnerCommandOptions,
} from "./runner-options.ts";
import { serveDevice } from "./serve-device.ts";

/** `runner lammps`: until it is told to end. */
export async function runLammps(options: LammpsCommandOptions, io: CommandIo): Promise<void> {
  const program = createLammpsProgram({
    ...options,
    threads: whole(options.threads, "--threads", 1, 1024),
    constants: constantsOf(options.set ?? []),
  });
  await serve(options, program, io);
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

/** `runner effective-model`: until it is told to end; with `--calculate` it does one calculation. */
export async function runForwardCalculations(
  options: ForwardCommandOptions,
  io: CommandIo,
): Promise<void> {
  if (options.calculate !== undefined) return calculateFolder(resolve(options.calculate));
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
