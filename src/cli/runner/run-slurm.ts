import { join, resolve } from "node:path";
import { createTaskDevice, type Task } from "../../../adapters/gateway/index.ts";
import type { ChildTask } from "../../../adapters/runners/child-run.ts";
import {
  type Cluster,
  openCluster,
  type RestDoor,
} from "../../../adapters/runners/cluster/open-cluster.ts";
import { createLammpsProgram } from "../../../adapters/runners/lammps-program.ts";
import { createLaunchedForward } from "../../../adapters/runners/launched-forward.ts";
import { misuse } from "../../core/errors.ts";
import type { CommandIo } from "../command.ts";
import { createStderrLogger } from "../stderr-logger.ts";
import { positive, whole } from "../structure/structure-input.ts";
import { constantsOf } from "./lammps-constants.ts";
import type { SlurmCommandOptions } from "./runner-options.ts";
import { serveDevices } from "./serve-device.ts";

/** `runner slurm`: simulations or calculations on a cluster, as so many instruments as it has slots, until it is told to end. */
export async function runSlurm(options: SlurmCommandOptions, io: CommandIo): Promise<void> {
  const folder = resolve(options.folder ?? `runner-${options.id}`);
  const whole1 = (text: string, name: string, max: number): number => whole(text, name, 1, max);
  const cluster = openCluster({
    folder: join(folder, "cluster"),
    sbatch: (options.sbatch ?? "").split(/\s+/).filter((word) => word !== ""),
    rest: restDoorOf(options),
    pilots_max: whole1(options.pilots, "--pilots", 1000),
    lifetime_s: whole1(options.lifetime, "--lifetime", 1e7),
    idle_s: whole1(options.idle, "--idle", 1e6),
    silence_ms: 1000 * whole1(options.silence, "--silence", 1e5),
    nodeHours: positive(options.nodeHours, "--node-hours"),
    logger: createStderrLogger(io, true),
  });
  const program = () => taskOf(options, cluster);
  const slots = Array.from({ length: whole1(options.slots, "--slots", 200) }, (_, k) => ({
    id: `${options.id}-${k + 1}`,
    folder: join(folder, `slot-${k + 1}`),
    device: createTaskDevice(program()),
  }));
  await serveDevices(options, slots, io);
  cluster.stop();
}

/** LAMMPS or forward calculations, one of them. TL-1001. */
function taskOf(options: SlurmCommandOptions, cluster: Cluster): Task {
  const { template, effectiveModel } = options;
  const launched = {
    launch: (task: ChildTask) => cluster.launch(task),
    refuse: () => cluster.refuse(),
  };
  if ((template === undefined) === (effectiveModel === undefined))
    throw misuse("TL-1001", "runner slurm takes either --template or --effective-model");
  if (template === undefined) {
    const command = effectiveModel === true ? "tieline" : (effectiveModel ?? "tieline");
    return createLaunchedForward({ ...launched, command: command.trim().split(/\s+/) });
  }
  return createLammpsProgram({
    ...{ ...options, ...launched, template },
    threads: whole(options.threads, "--threads", 1, 1024),
    constants: constantsOf(options.set ?? []),
  });
}

/** Where slurmrestd is, if it is asked. TL-1001 for what cannot be used. */
function restDoorOf({
  rest,
  restToken,
  restJob,
  sbatch,
}: SlurmCommandOptions): RestDoor | undefined {
  if (rest === undefined) {
    if (restToken ?? restJob) throw misuse("TL-1001", "--rest-token and --rest-job need --rest");
    return undefined;
  }
  if (!/^(unix:\/.|https?:\/\/.)/.test(rest))
    throw misuse("TL-1001", `--rest ${rest} is neither unix:/PATH nor http://HOST:PORT`);
  if (sbatch !== undefined)
    throw misuse("TL-1001", "--sbatch is for sbatch; with --rest say it by --rest-job");
  let properties: unknown = {};
  try {
    properties = JSON.parse(restJob ?? "{}");
  } catch {
    // no object: told below
  }
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    throw misuse("TL-1001", "--rest-job is no JSON object");
  return { address: rest, tokenFile: restToken, properties: { ...properties } };
}
