import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../../../src/core/logger.ts";
import type { ChildEnd, ChildTask } from "../child-run.ts";
import { createPilotFleet, PILOT_PREFIX } from "./pilot-fleet.ts";
import { PILOT_SCRIPT } from "./pilot-script.ts";
import { runOnCluster } from "./run-on-cluster.ts";
import { slurmCommands } from "./slurm-commands.ts";
import { slurmRest } from "./slurm-rest.ts";
import { WorkFolder } from "./work-folder.ts";

export interface ClusterOptions {
  /** On a disk that every node sees under the same path. */
  readonly folder: string;
  /** Further options of `sbatch`, such as --partition=long. */
  readonly sbatch: readonly string[];
  /** Where slurmrestd is asked instead of the commands. */
  readonly rest?: RestDoor | undefined;
  readonly pilots_max: number;
  readonly lifetime_s: number;
  readonly idle_s: number;
  readonly silence_ms: number;
  readonly nodeHours?: number | undefined;
  readonly logger: Logger;
}

export interface RestDoor {
  readonly address: string;
  readonly tokenFile?: string | undefined;
  /** Further properties of a pilot's job, such as a partition. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A cluster as a place where programs run. */
export interface Cluster {
  launch(task: ChildTask): Promise<ChildEnd>;
  /** Why no job is taken now; `undefined` where one is. */
  refuse(): string | undefined;
  /** Pilots go on; they are found again by the next start with the same folder. */
  stop(): void;
}

/** Slurm, by pilot jobs that take one piece of work after another from a shared folder. */
export function openCluster(options: ClusterOptions): Cluster {
  const work = new WorkFolder(options.folder);
  const script = join(options.folder, "pilot.sh");
  writeFileSync(script, PILOT_SCRIPT);
  chmodSync(script, 0o755);
  const { rest } = options;
  const batch =
    rest === undefined
      ? slurmCommands(options.sbatch, script)
      : slurmRest({ ...rest, script, prefix: PILOT_PREFIX, logger: options.logger });
  const fleet = createPilotFleet({ ...options, work, batch });
  return {
    launch: (task) => runOnCluster(work, task),
    refuse: () => fleet.refuse(),
    stop: () => fleet.stop(),
  };
}
