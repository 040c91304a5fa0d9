import { spawnSync } from "node:child_process";
import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import { hash32 } from "../../src/core/prng.ts";
import { referTo } from "../frames/data-reference.ts";
import type { DeviceResult } from "../gateway/device.ts";
import type { Task, TaskJob } from "../gateway/task-device.ts";
import { childEnvironment } from "../system/child-environment.ts";
import { type ChildEnd, type ChildTask, forgetChild, runChild, signalGroup } from "./child-run.ts";
import { readTemplate } from "./lammps-template.ts";

export interface LammpsOptions {
  readonly template: string;
  /** How LAMMPS is called, e.g. `lmp` or `mpirun -np 2 lmp`. */
  readonly lmp: string;
  /** Folder of potential files, the variable POT. */
  readonly potentials: string;
  readonly threads: number;
  /** Further variables of the input, the same for every job: the size of the box, the name of a potential. */
  readonly constants?: Readonly<Record<string, string>> | undefined;
  /** Where it runs, if not as a process of this machine; such a run cannot be held. */
  readonly launch?: ((task: ChildTask) => Promise<ChildEnd>) | undefined;
  /** Why no job is taken now. */
  readonly refuse?: (() => string | undefined) | undefined;
}

/** A simulation whose machine went down is begun anew so often. */
const BEGINNINGS_MAX = 3;
const TAIL_BYTES = 4096;
/** Exit codes from here on mean: ended by a signal, by a person or for want of memory, not by LAMMPS. */
const SIGNALLED = 128;

/** LAMMPS with an input template. Throws TL-7030 where it cannot be run, TL-7031 for an unusable template. */
export function createLammpsProgram(options: LammpsOptions): Task {
  const command = options.lmp.trim().split(/\s+/);
  const template = resolve(options.template);
  const capability = readTemplate(template);
  if (options.launch === undefined) tryCommand(command);
  return {
    kind: "molecular-dynamics",
    capabilities: [capability],
    resumes: true,
    run: (task) => run(task, command, template, options),
    ...(options.refuse === undefined ? {} : { refuse: options.refuse }),
    ...(options.launch === undefined
      ? {
          hold: ({ folder }: { folder: string }) => signalGroup(folder, "SIGSTOP"),
          resume: ({ folder }: { folder: string }) => signalGroup(folder, "SIGCONT"),
        }
      : {}),
  };
}

/** TL-7030 where it cannot be run here. */
function tryCommand(command: readonly string[]): void {
  const tried = spawnSync(command[0] ?? "", command.length > 1 ? ["--version"] : ["-h"], {
    env: childEnvironment(),
  });
  if (tried.error !== undefined)
    throw new LabError("TL-7030", `${command[0]} cannot be run: ${tried.error.message}`);
}

async function run(
  task: TaskJob,
  command: readonly string[],
  template: string,
  options: LammpsOptions,
): Promise<DeviceResult> {
  const { folder, signal } = task;
  const input = join(folder, "in.lmp");
  // A copy: a template that is edited later does not change a run that was promised.
  if (!existsSync(input)) copyFileSync(template, input);
  const dump = join(folder, "dump.lammpstrj");
  const variables: Record<string, string | number> = {
    ...options.constants,
    ...task.parameters,
    OUT: dump,
    SEED: 1 + (hash32(`${task.jobId}/${task.attempt}`) % 899_999_999),
    POT: options.potentials,
    TEMPLATES: dirname(template),
  };
  const child = {
    command: [
      ...command,
      "-in",
      input,
      ...Object.entries(variables).flatMap(([name, value]) => ["-var", name, String(value)]),
    ],
    folder,
    environment: { OMP_NUM_THREADS: String(options.threads) },
    signal,
    onTick: () => {
      const fraction = lastProgress(tail(join(folder, "screen.txt")));
      if (fraction !== undefined) task.onProgress(fraction);
    },
  };
  const { launch = runChild } = options;
  for (let beginning = 0; beginning < BEGINNINGS_MAX; beginning++) {
    const end = await launch(child);
    if (end === "aborted") return { failed: String(signal.reason ?? "cancelled"), retryable: true };
    if (end !== "lost") return outcomeOf(end.code, folder, dump);
    forgetChild(folder);
  }
  return { failed: `the simulation disappeared ${BEGINNINGS_MAX} times`, retryable: true };
}

async function outcomeOf(code: number, folder: string, dump: string): Promise<DeviceResult> {
  if (code !== 0) {
    const error = /^ERROR.*$/m.exec(tail(join(folder, "screen.txt")))?.[0];
    const reason = error ?? `LAMMPS ended with exit code ${code}`;
    return { failed: reason, retryable: code >= SIGNALLED };
  }
  if (!existsSync(dump)) return { failed: "the template wrote no dump to OUT", retryable: false };
  const reference = await referTo(dump);
  return {
    observations: [{ kind: "trajectory", frames: { ...reference, format: "lammps-dump" } }],
    raw: existsSync(join(folder, "log.lammps")) ? [await referTo(join(folder, "log.lammps"))] : [],
  };
}

function lastProgress(screen: string): number | undefined {
  const told = [...screen.matchAll(/^TIELINE (\d*\.?\d+)\s*$/gm)].at(-1)?.[1];
  const fraction = Number(told);
  return told !== undefined && fraction >= 0 && fraction <= 1 ? fraction : undefined;
}

function tail(path: string): string {
  if (!existsSync(path)) return "";
  const { size } = statSync(path);
  const buffer = Buffer.alloc(Math.min(TAIL_BYTES, size));
  const file = openSync(path, "r");
  try {
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
  } finally {
    closeSync(file);
  }
  return buffer.toString("latin1");
}
