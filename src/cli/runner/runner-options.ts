export interface RunnerCommandOptions {
  readonly broker: string;
  readonly site: string;
  readonly id: string;
  readonly folder?: string;
}

export interface LammpsCommandOptions extends RunnerCommandOptions {
  readonly template: string;
  readonly lmp: string;
  readonly potentials: string;
  readonly threads: string;
  readonly set?: readonly string[];
}

export interface BuiltinCommandOptions extends RunnerCommandOptions {
  readonly duration: string;
  readonly recorded?: string;
  readonly samples?: string;
}

export interface ForwardCommandOptions extends RunnerCommandOptions {
  readonly calculate?: string;
}

export interface SlurmCommandOptions extends Omit<LammpsCommandOptions, "template"> {
  readonly template?: string;
  /** `true` where no command was named. */
  readonly effectiveModel?: string | true;
  readonly slots: string;
  readonly pilots: string;
  readonly sbatch?: string;
  readonly rest?: string;
  readonly restToken?: string;
  readonly restJob?: string;
  readonly lifetime: string;
  readonly idle: string;
  readonly silence: string;
  readonly nodeHours?: string;
}
