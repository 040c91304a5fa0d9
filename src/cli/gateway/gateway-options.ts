import type { RunnerCommandOptions } from "../runner/runner-options.ts";

export interface LookCommandOptions {
  readonly map: string;
  readonly at: string;
  readonly unit: string;
  readonly json?: boolean;
}

export interface LineCommandOptions extends RunnerCommandOptions {
  readonly capacity?: string;
  readonly map: string;
  readonly at: string;
  readonly poll: string;
  readonly silence: string;
}

export interface ModbusCommandOptions extends RunnerCommandOptions, LookCommandOptions {
  readonly capacity?: string;
  readonly poll: string;
  readonly silence: string;
}

export interface ServeCommandOptions
  extends Pick<RunnerCommandOptions, "broker" | "id" | "folder"> {
  readonly config: string;
}
