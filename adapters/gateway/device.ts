import type { Parameters } from "../../src/domain/candidate.ts";
import type { Capability } from "../../src/domain/instrument.ts";
import type { DataReference, Observation } from "../../src/domain/observation.ts";

/** One attempt at one simulation. */
export interface SimulationTask {
  readonly jobId: string;
  readonly attempt: number;
  readonly parameters: Parameters;
  /** Folder of this attempt; kept over restarts of the runner, so that a run under way is taken up again. */
  readonly folder: string;
  readonly onProgress: (fraction: number, message?: string) => void;
  /** Ends the simulation: cancelled, or the emergency stop. */
  readonly signal: AbortSignal;
}

export type SimulationOutcome =
  | {
      readonly word: "result";
      readonly observations: readonly Observation[];
      readonly raw: readonly DataReference[];
    }
  | { readonly word: "failed"; readonly reason: string; readonly retryable: boolean };

/** What a runner runs: LAMMPS with a template, or the built-in generator of frames. */
export interface SimulationProgram {
  readonly kind: string;
  readonly capability: Capability;
  /** True where what it gives is made up, not simulated physics. */
  readonly simulated: boolean;
  /**
   * Why set points cannot be run, where the program's capability cannot list them (they differ from job to job);
   * absent: every set point must be one of the capability's.
   */
  refuse?(parameters: Parameters): string | undefined;
  /** Runs, or goes on with, a task. Called again with the same folder after a restart of the runner. */
  run(task: SimulationTask): Promise<SimulationOutcome>;
  /** Stops and continues the task under way; absent where it cannot be held. */
  hold?(folder: string): void;
  resume?(folder: string): void;
}
